using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Hub;
using EdgeOperator.Cli.Hub.Devices;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Secrets.Age;

namespace EdgeOperator.Cli.Verbs.Secrets;

/// <summary>For whom a file is encrypted: by recipient, from a file, or as devices have reported to the hub.</summary>
internal sealed class RecipientOptions
{
    private readonly Option<string[]> _recipients = new("--recipient", "-r") { Description = "An age recipient, as `edgeop identity` shows it; may be given again", HelpName = "AGE1…", AllowMultipleArgumentsPerToken = false };

    private readonly Option<string[]> _files = new Option<string[]>("--recipients-file", "-R") { Description = "A file with a recipient a line", HelpName = "FILE" }.Suggest(Suggestions.Paths);

    private readonly Option<string[]> _devices = new Option<string[]>("--device", "-d") { Description = "A device that has reported its recipient to the hub; may be given again", HelpName = "DEVICE" };

    private readonly Option<string?> _selector = new("--selector", "-l") { Description = "Every device with these labels that has reported its recipient to the hub", HelpName = "LABELS" };

    private readonly Option<string[]> _fleets = new Option<string[]>("--fleet") { Description = "Every device of a fleet of the hub; may be given again", HelpName = "FLEET" }.Suggest(HubSuggestions.Fleets);

    public void AddTo(Command command)
    {
        command.Add(_recipients);
        command.Add(_files);
        command.Add(_devices);
        command.Add(_selector);
        command.Add(_fleets);
    }

    /// <summary>All that were named, each once, in the order of their naming.</summary>
    /// <exception cref="UserError">One of them is no recipient, or is not to be had.</exception>
    public async Task<IReadOnlyList<AgeRecipient>> ReadAsync(Call call, CancellationToken cancellation)
    {
        var found = new List<AgeRecipient>();
        found.AddRange((call.Get(_recipients) ?? []).Select(text => Parse(text, "--recipient")));
        foreach (var file in call.Get(_files) ?? [])
        {
            foreach (var line in SecretFile.Read(file).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#')))
                found.Add(Parse(line, file));
        }

        var devices = call.Get(_devices) ?? [];
        var selector = call.Get(_selector);
        var fleets = call.Get(_fleets) ?? [];
        if (devices.Length > 0 || selector is not null || fleets.Length > 0)
        {
            using var hub = HubClient.Of(call);
            foreach (var device in devices)
                found.Add(RecipientOf((await hub.GetAsync(HubDevice.PathOf(device), cancellation))!.AsObject(), device));
            foreach (var device in selector is null ? [] : await DevicesListVerb.ListAsync(hub, DeviceFilter.Of(selector, null), int.MaxValue, cancellation))
                found.Add(RecipientOf(device, (string?)device["deviceId"] ?? ""));
            foreach (var fleet in fleets)
                found.AddRange((await MembersAsync(hub, fleet, cancellation)).Select(device => RecipientOf(device, (string?)device["deviceId"] ?? "")));
        }

        return [.. found.Distinct()];
    }

    /// <summary>The devices that the fleet's selector takes now.</summary>
    private static async Task<IReadOnlyList<JsonObject>> MembersAsync(HubClient hub, string name, CancellationToken cancellation)
    {
        var spec = (await hub.GetAsync($"fleets/{Uri.EscapeDataString(name)}", cancellation))!["spec"]!.AsObject();
        var (manifest, _) = HubManifests.Read(RegisteredKinds.All.Manifests, KindNames.Fleet, name, spec);
        var selector = manifest?.Fleet?.Selector ?? throw new UserError(ExitCode.Failed, $"the fleet {name} is of a later version than this program knows: name its devices by --selector");
        List<JsonObject> members = [.. (await DevicesListVerb.ListAsync(hub, null, int.MaxValue, cancellation)).Where(device => selector.Matches(LabelsOf(device)))];
        return members.Count > 0 ? members : throw new UserError(ExitCode.Failed, $"the fleet {name} has no device");
    }

    private static ImmutableSortedDictionary<string, string> LabelsOf(JsonObject device) =>
        (device["labels"] as JsonObject ?? []).ToImmutableSortedDictionary(label => label.Key, label => (string?)label.Value ?? "", StringComparer.Ordinal);

    private static AgeRecipient RecipientOf(JsonObject device, string name) =>
        (string?)device["recipient"] is { } text ? Parse(text, name) : throw new UserError(ExitCode.Failed, $"{name} has not reported a recipient: its agent is older than this, or has not connected yet");

    private static AgeRecipient Parse(string text, string where) =>
        AgeRecipient.Parse(text) ?? throw UserError.Invalid($"{where}: `{(text.StartsWith("AGE-SECRET-KEY-", StringComparison.OrdinalIgnoreCase) ? "a secret key" : text)}` is no age recipient of the kind X25519: write `age1…`");
}
