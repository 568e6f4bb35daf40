using System.CommandLine;

namespace EdgeOperator.Cli.Hub.Devices;

internal sealed class DevicesLabelVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly Argument<string[]> _labels = new("LABELS") { Arity = ArgumentArity.OneOrMore, HelpName = "KEY=VALUE|KEY-", Description = "A label to set, or with a hyphen behind its key one to remove" };

    public DevicesLabelVerb()
        : base("label", "Set or remove labels of a device, by which manifests select devices")
    {
        Add(_device);
        Add(_labels);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var labels = await hub.AskAsync(HttpMethod.Patch, $"{_device.PathOf(call)}/labels", LabelWords.Read(call.Get(_labels)!, mayRemove: true), cancellation);
        var shown = string.Join(' ', labels!.AsObject().OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
        call.Printer.Answer(labels, $"{call.Get(_device)} has {(shown.Length == 0 ? "no labels" : shown)}.");
        return ExitCode.Done;
    }
}
