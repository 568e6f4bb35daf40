using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Core.Protocol;

/// <summary>
/// How commands cross between host and guest, both ways: the file <c>vms/NAME/access.json</c> below the agent's
/// state directory. It is all that <c>edgeop vm</c> reads, so that it works while the agent does not.
/// </summary>
public sealed record MachineAccess
{
    public const string FileName = "access.json";

    public required string Name { get; init; }

    /// <summary>For <c>ssh -F</c>; the guest is its host <see cref="HostAlias"/>. Empty for a distribution of WSL.</summary>
    public string SshConfig { get; init; } = "";

    /// <summary>The control socket of the connection that the agent keeps, signed in as root. Empty on Windows, where none is kept.</summary>
    public string ControlSocket { get; init; } = "";

    /// <summary>EFLOW: the one user who signs in by ssh, and becomes others by sudo; null elsewhere.</summary>
    public string? SignIn { get; init; }

    /// <summary>WSL: the distribution that the guest is; null elsewhere.</summary>
    public string? Distribution { get; init; }

    /// <summary>WSL: <c>wsl.exe</c>; null for the one in PATH.</summary>
    public string? Program { get; init; }

    /// <summary>Whom commands in the guest run as when nobody is named.</summary>
    public required string User { get; init; }

    public ImmutableArray<SharedFolder> SharedFolders { get; init; } = [];

    /// <summary>Whether the guest may run programs of the host and variables are shared.</summary>
    public bool Interop { get; init; }

    /// <summary>Entries of WSLENV.</summary>
    public ImmutableArray<string> Env { get; init; } = [];

    /// <summary>The host's programs that the guest may run, by name; absolute paths.</summary>
    public ImmutableSortedDictionary<string, string> Programs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Which users of the guest may run a program, by its name; a program that is not here may be run by all.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> GuestUsers { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Whom the host's programs run as, as <c>user</c> or <c>user:group</c>; null for the agent's own user.</summary>
    public string? HostUser { get; init; }

    /// <summary>Beside <see cref="FileName"/>: what leads to a machine's serial console, for one at a time.</summary>
    public const string ConsoleSocketName = "console.sock";

    /// <summary>Beside <see cref="FileName"/>: what the console has shown.</summary>
    public const string ConsoleLogName = "console.log";

    /// <summary>The guest's name in the files of ssh.</summary>
    public const string HostAlias = "guest";

    /// <summary>Whether the host is Windows, which has no kept connections.</summary>
    [JsonIgnore]
    public bool IsOnWindows => ControlSocket.Length == 0;

    /// <summary>Which paths of the host are which in the guest.</summary>
    public PathMap Paths() => new(IsOnWindows ? HostStyle.Windows : HostStyle.Unix, SharedFolders, Distribution);

    /// <summary>
    /// Reads the file's content. By hand, since every command between host and guest waits for it: the serializer takes several
    /// times as long to get ready.
    /// </summary>
    /// <exception cref="JsonException">It is not what it should be.</exception>
    public static MachineAccess Parse(ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement;
        try
        {
            var (distribution, signIn) = (Optional(root, "distribution"), Optional(root, "signIn"));
            return new()
            {
                Name = Text(root, "name"),
                SshConfig = distribution is null ? Text(root, "sshConfig") : "",
                ControlSocket = distribution is null && signIn is null ? Text(root, "controlSocket") : "",
                SignIn = signIn,
                Distribution = distribution,
                Program = Optional(root, "program"),
                User = Text(root, "user"),
                HostUser = Optional(root, "hostUser"),
                Interop = root.TryGetProperty("interop", out var interop) && interop.GetBoolean(),
                Env = [.. List(root, "env", entry => entry.GetString()!)],
                SharedFolders = [.. List(root, "sharedFolders", folder => new SharedFolder(Text(folder, "host"), Text(folder, "guest"), folder.GetProperty("readOnly").GetBoolean()))],
                GuestUsers = root.TryGetProperty("guestUsers", out var users)
                    ? users.EnumerateObject().ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value.EnumerateArray().Select(user => user.GetString() ?? "").ToImmutableArray(), StringComparer.Ordinal)
                    : ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty,
                Programs = root.TryGetProperty("programs", out var programs) ? Map(programs) : ImmutableSortedDictionary<string, string>.Empty,
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new JsonException($"{name} is null");

    private static string? Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static List<T> List<T>(JsonElement element, string name, Func<JsonElement, T> read)
    {
        var list = new List<T>();
        if (!element.TryGetProperty(name, out var items))
            return list;
        foreach (var item in items.EnumerateArray())
            list.Add(read(item));
        return list;
    }

    private static ImmutableSortedDictionary<string, string> Map(JsonElement element)
    {
        var map = ImmutableSortedDictionary<string, string>.Empty;
        foreach (var entry in element.EnumerateObject())
            map = map.Add(entry.Name, entry.Value.GetString() ?? throw new JsonException($"{entry.Name} is null"));
        return map;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MachineAccess))]
public sealed partial class AccessJson : JsonSerializerContext;
