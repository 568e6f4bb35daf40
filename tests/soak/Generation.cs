namespace EdgeOperator.Soak;

/// <summary>What one good commit desires. Every generation changes every module and file; <c>extra</c> and the covered file come and go.</summary>
/// <param name="Tag">Of the images.</param>
internal sealed record Generation(int Number, bool HasExtra, string Tag)
{
    /// <summary>The name of the file whose original content is put back while no generation has it.</summary>
    public const string Covered = "covered.conf";

    public const string Original = "as the device came\n";

    public static Generation Next(int number, Random random) => new(number, random.Next(2) == 0, $"{random.Next(1, 4)}");

    /// <summary>The modules' names with their images, without a registry.</summary>
    public IReadOnlyDictionary<string, string> Modules
    {
        get
        {
            var modules = new Dictionary<string, string>
            {
                ["data"] = $"sleeper:{Tag}",
                ["web"] = $"healthy:{Tag}",
                ["worker"] = $"sleeper:{Tag}",
            };
            if (HasExtra)
                modules.Add("extra", $"sleeper:{Tag}");
            return modules;
        }
    }

    /// <summary>The files' names in the allowed root with their contents.</summary>
    public IReadOnlyDictionary<string, string> Files => new Dictionary<string, string>
    {
        ["generation"] = $"{Number}\n",
        [Covered] = HasExtra ? $"covered by {Number}\n" : Original,
    };

    public string Variable => $"GENERATION={Number}";

    /// <param name="registry">Its address.</param>
    /// <param name="volume">The name of the volume of <c>data</c>.</param>
    /// <param name="webImage">Another image for <c>web</c>, with its registry; null for its own.</param>
    public (string Path, string Content)[] Manifests(string registry, string volume, string? webImage = null)
    {
        var env = $"env: {{GENERATION: \"{Number}\"}}";
        return
        [
            .. Modules.Select(module => ($"{module.Key}.yaml", Testing.Devices.Manifests.Module(
                module.Key,
                module.Key == "web" && webImage is not null ? webImage : $"{registry}/{module.Value}",
                env + module.Key switch
                {
                    "data" => $"\nvolumes:\n  - {volume}:/data",
                    "worker" => "\nupdateStrategy: StartFirst\ndependsOn: [EdgeModule/data]",
                    "web" when webImage is not null => "\nhealthTimeout: 8s",
                    _ => "",
                }))),
            .. Files.Where(file => HasExtra || file.Key != Covered).Select(file => (
                $"{file.Key}.yaml", Testing.Devices.Manifests.ConfigFile(file.Key.Replace('.', '-'), $"${{vars.root}}/{file.Key}", file.Value))),
        ];
    }
}
