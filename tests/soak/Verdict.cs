using System.Text.Json.Nodes;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Soak;

/// <summary>Whether the device is what a generation desires, and nothing else: as the engine and the disk have it, not as the agent says.</summary>
/// <param name="volume">The volume whose mark must outlive everything.</param>
/// <param name="outside">A folder that nothing may be written into.</param>
internal sealed class Verdict(PrivateEngine engine, Device device, string registry, string volume, string outside)
{
    private const string Mark = "kept";

    public async Task MarkVolumeAsync() => await File.WriteAllTextAsync(await MarkFileAsync(), Mark);

    /// <summary>One line for each thing that is not as it should be; none when all is well.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(Generation desired)
    {
        var differences = new List<string>();
        var containers = await AllContainersAsync();
        foreach (var unknown in containers.Where(c => !desired.Modules.ContainsKey(c.Name)))
            differences.Add($"container {unknown.Name} ({unknown.Image}, {unknown.State}) should not be there");
        foreach (var (name, image) in desired.Modules)
            differences.AddRange(await DifferencesAsync(containers.FirstOrDefault(c => c.Name == name), name, $"{registry}/{image}", desired.Variable));
        foreach (var (name, content) in desired.Files)
            Compare($"{device.FilesRoot}/{name}", content, differences);
        foreach (var file in Directory.EnumerateFileSystemEntries(device.FilesRoot).Where(file => !desired.Files.ContainsKey(Path.GetFileName(file))))
            differences.Add($"{file} should not be there");
        differences.AddRange(Directory.EnumerateFileSystemEntries(outside).Select(file => $"{file} was written outside of the allowed roots"));
        Compare(await MarkFileAsync(), Mark, differences);
        return differences;
    }

    // Of every owner and of none: a duplicate may have lost its labels.
    private async Task<IReadOnlyList<Container>> AllContainersAsync()
    {
        var list = await engine.Http.GetStringAsync(new Uri("containers/json?all=1", UriKind.Relative));
        return [.. JsonNode.Parse(list)!.AsArray().Select(c => new Container(
            (string)c!["Id"]!, ((string)c["Names"]![0]!).TrimStart('/'), (string)c["Image"]!, (string)c["State"]!))];
    }

    private async Task<IEnumerable<string>> DifferencesAsync(Container? container, string name, string image, string variable)
    {
        if (container is null)
            return [$"there is no container {name}"];
        var json = JsonNode.Parse(await engine.Http.GetStringAsync(new Uri($"containers/{container.Id}/json", UriKind.Relative)))!;
        var variables = json["Config"]!["Env"]!.AsArray().Select(v => (string?)v).ToList();
        return new[]
        {
            container.IsRunning ? null : $"container {name} is {container.State}",
            container.Image == image ? null : $"container {name} has the image {container.Image}, not {image}",
            variables.Contains(variable) ? null : $"container {name} has {string.Join(" ", variables)}, not {variable}",
        }.OfType<string>();
    }

    private static void Compare(string file, string content, List<string> differences)
    {
        var actual = File.Exists(file) ? File.ReadAllText(file) : null;
        if (actual != content)
            differences.Add($"{file} is {(actual is null ? "missing" : $"'{actual.Trim()}'")}, not '{content.Trim()}'");
    }

    private async Task<string> MarkFileAsync()
    {
        var json = JsonNode.Parse(await engine.Http.GetStringAsync(new Uri($"volumes/{volume}", UriKind.Relative)))!;
        return Path.Combine((string)json["Mountpoint"]!, "mark");
    }
}
