using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>What a container is created with, and what it must be connected to before its first start.</summary>
/// <param name="Body">The spec's own body with the ownership labels.</param>
/// <param name="ConnectLater">Networks and their endpoint settings that the create request has no room for.</param>
internal sealed record CreateRequest(JsonObject Body, ImmutableArray<KeyValuePair<string, JsonNode?>> ConnectLater)
{
    /// <summary>The device itself, in a virtual machine and in the modules there.</summary>
    public const string HostName = "host.edgeop.internal";

    /// <summary>The first version of the API that takes several networks at once.</summary>
    private static readonly Version SeveralNetworks = new(1, 44);

    /// <summary>For a container that is there already.</summary>
    public static CreateRequest For(EdgeModuleSpec spec, Version api) => For(spec, new Dictionary<string, string>(), api);

    /// <param name="imageId">The very image to create it from; null for the one that the spec's reference names now.</param>
    /// <param name="host">What <see cref="HostName"/> stands for in the container; null where it is not known.</param>
    public static CreateRequest For(EdgeModuleSpec spec, IReadOnlyDictionary<string, string> labels, Version api, string? imageId = null, string? host = null)
    {
        var body = (JsonObject)JsonNode.Parse(spec.CreateBody)!;
        if (imageId is not null)
        {
            body["Image"] = imageId;
        }

        var all = body["Labels"] as JsonObject ?? [];
        foreach (var (key, value) in labels)
        {
            all[key] = value;
        }

        body["Labels"] = all;
        if (host is not null)
        {
            Name(body, host);
        }

        return new(body, api < SeveralNetworks ? Split(body) : []);
    }

    /// <summary>Puts in the values of secrets, at the last moment before the engine gets them.</summary>
    /// <param name="files">The folder of the container's secret files; null when it has none.</param>
    /// <exception cref="SecretUnavailableException">A secret can't be had.</exception>
    public void Reveal(EdgeModuleSpec spec, SecretVault secrets, string? files)
    {
        secrets.Reveal(Body["Env"] as JsonArray);
        if (files is null)
        {
            return;
        }

        var host = Body["HostConfig"] as JsonObject;
        if (host is null)
        {
            Body["HostConfig"] = host = [];
        }

        if (host["Mounts"] is not JsonArray mounts)
        {
            host["Mounts"] = mounts = [];
        }

        foreach (var (i, file) in spec.SecretFiles.Index())
        {
            mounts.Add((JsonNode)new JsonObject { ["Type"] = "bind", ["Source"] = $"{files}/{SecretMounts.NameOf(i)}", ["Target"] = file.Path, ["ReadOnly"] = true });
        }
    }

    /// <summary>A name that the module itself gives to an address stays; a container without a network of its own has the names of whose it shares.</summary>
    private static void Name(JsonObject body, string host)
    {
        var config = body["HostConfig"] as JsonObject ?? [];
        var names = config["ExtraHosts"] as JsonArray ?? [];
        var mode = (string?)config["NetworkMode"] ?? "";
        if (mode is "host" or "none" || mode.StartsWith("container:", StringComparison.Ordinal) || names.Any(name => ((string?)name)?.StartsWith($"{HostName}:", StringComparison.Ordinal) == true))
        {
            return;
        }

        names.Add((JsonNode)$"{HostName}:{host}");
        config["ExtraHosts"] = names;
        body["HostConfig"] = config;
    }

    /// <summary>Leaves one endpoint in the body, that of the network mode if there is one.</summary>
    private static ImmutableArray<KeyValuePair<string, JsonNode?>> Split(JsonObject body)
    {
        if ((body["NetworkingConfig"] as JsonObject)?["EndpointsConfig"] is not JsonObject { Count: > 1 } endpoints)
        {
            return [];
        }

        var mode = (string?)(body["HostConfig"] as JsonObject)?["NetworkMode"];
        var first = mode is not null && endpoints.ContainsKey(mode) ? mode : endpoints.First().Key;
        var later = endpoints.Where(endpoint => endpoint.Key != first).ToImmutableArray();
        foreach (var (network, _) in later)
        {
            endpoints.Remove(network);
        }

        return later;
    }
}
