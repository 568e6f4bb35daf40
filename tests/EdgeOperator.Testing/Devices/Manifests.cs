namespace EdgeOperator.Testing.Devices;

/// <summary>Manifests as an operator types them.</summary>
public static class Manifests
{
    /// <param name="spec">Further lines of the spec, without indentation.</param>
    public static string Module(string name, string image, string spec = "") => Resource("EdgeModule", name, $"image: {image}\n{spec}");

    public static string ConfigFile(string name, string path, string content, string spec = "") =>
        Resource("ConfigFile", name, $"path: {path}\ncontent: {System.Text.Json.JsonSerializer.Serialize(content)}\n{spec}");

    /// <param name="spec">Further lines of the spec, without indentation.</param>
    public static string FunctionApp(string name, string package, string spec = "") => Resource("FunctionApp", name, $"package: {package}\n{spec}");

    /// <summary>A virtual machine that is as small as may be.</summary>
    /// <param name="spec">Further lines of the spec, without indentation.</param>
    public static string VirtualMachine(string name, GuestImage image, string spec = "", int memory = 256, int disk = 64) => Resource(
        "VirtualMachine", name, $"driver: qemu\nmemory: {memory}Mi\ndisk: {{size: {disk}Mi, image: {{path: {image.Path}, sha256: {image.Sha256}}}}}\n{spec}");

    private static string Resource(string kind, string name, string spec) =>
        $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: {kind}
        metadata:
          name: {name}
        spec:
          {string.Join("\n  ", spec.TrimEnd('\n').Split('\n'))}

        """;
}
