using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>Reads manifests for a device named <c>till-1</c>, with the label <c>site: berlin</c> and some variables.</summary>
internal static class Reading
{
    public static DeviceIdentity Till { get; } = Device("till-1", [("site", "berlin")], [("registry", "r.example.com"), ("port", "8080"), ("empty", "")]);

    public static DeviceIdentity Device(string name, (string Key, string Value)[] labels, (string Key, string Value)[] vars) =>
        new(name, labels.ToImmutableSortedDictionary(l => l.Key, l => l.Value), vars.ToImmutableSortedDictionary(v => v.Key, v => v.Value));

    public static ManifestFile File(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads one file, <c>a.yaml</c>.</summary>
    public static ReadResult Yaml(string yaml) => Files(("a.yaml", yaml));

    public static ReadResult Files(params (string Path, string Text)[] files) => Files(new RenderContext(Till), files);

    public static ReadResult Files(RenderContext context, params (string Path, string Text)[] files) =>
        ManifestReader.Read(RegisteredKinds.All.Manifests, "r1", [Source("main", files)], context);

    public static ManifestSource Source(string name, params (string Path, string Text)[] files) =>
        new(name, [.. files.Select(f => File(f.Path, f.Text))]);

    /// <summary>An EdgeModule named <c>web</c> with an image and these further lines of spec.</summary>
    public static string Module(string spec = "", string name = "web") =>
        $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: EdgeModule
        metadata:
          name: {name}
        spec:
          image: nginx:1
        {Indent(spec)}

        """;

    /// <summary>A ConfigFile named <c>motd</c> at <c>/etc/motd</c> with these further lines of spec.</summary>
    public static string ConfigFile(string spec, string name = "motd", string path = "/etc/motd") =>
        $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: ConfigFile
        metadata:
          name: {name}
        spec:
          path: {path}
        {Indent(spec)}

        """;

    /// <summary>A FunctionApp named <c>orders</c> with these lines of spec.</summary>
    public static string FunctionApp(string spec, string name = "orders") =>
        $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: FunctionApp
        metadata:
          name: {name}
        spec:
        {Indent(spec)}

        """;

    /// <summary>A public key that nobody has.</summary>
    public const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA app@shop";

    /// <summary>A VirtualMachine named <c>vm</c> with an image and these further lines of spec.</summary>
    public static string Machine(string spec = "", string name = "vm", string? image = null) =>
        $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: VirtualMachine
        metadata:
          name: {name}
        spec:
          disk: {image ?? $"{{image: {{path: /srv/guest.qcow2, sha256: {new string('a', 64)}}}}}"}
        {Indent(spec)}

        """;

    public static VirtualMachineSpec Machine(this ReadResult result, string name = "vm")
    {
        result.Problems.Should().BeEmpty();
        return ((VirtualMachineResource)result.State!.Resources[new(KindNames.VirtualMachine, name)]).Machine;
    }

    public static FunctionAppSpec App(this ReadResult result, string name = "orders")
    {
        result.Problems.Should().BeEmpty();
        return ((FunctionAppResource)result.State!.Resources[new(KindNames.FunctionApp, name)]).App;
    }

    public static EdgeModuleSpec Container(this ReadResult result, string name = "web")
    {
        result.Problems.Should().BeEmpty();
        return ((EdgeModuleResource)result.State!.Resources[new(KindNames.EdgeModule, name)]).Container;
    }

    public static ConfigFileSpec File(this ReadResult result, string name = "motd")
    {
        result.Problems.Should().BeEmpty();
        return ((ConfigFileResource)result.State!.Resources[new(KindNames.ConfigFile, name)]).File;
    }

    public static string Text(this ConfigFileSpec file) => Encoding.UTF8.GetString(file.Content.Span);

    /// <summary>The problems, a line each; fails when there is a state as well.</summary>
    public static string Complaints(this ReadResult result)
    {
        (result.State is null).Should().Be(!result.Problems.IsEmpty);
        return string.Join('\n', result.Problems);
    }

    private static string Indent(string text) => string.Join('\n', text.Split('\n').Select(line => "  " + line));
}
