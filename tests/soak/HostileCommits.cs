using System.Text;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Soak;

/// <summary>Commits that must leave the device as it is: refused as a whole, or without effect.</summary>
/// <param name="outside">A folder that nothing may be written into.</param>
internal sealed class HostileCommits(Fleet fleet, string registry, string volume, string outside)
{
    private const int MoreThanAFileMayHave = 70 << 20;

    /// <summary>Commits one of them on top of what is good.</summary>
    /// <returns>What was done, and how to undo it where the branch itself was moved.</returns>
    public async Task<(string What, Func<Task> Undo)> CommitAsync(Generation good, Random random)
    {
        switch (random.Next(11))
        {
            case 0:
                return await ChangedAsync("YAML that does not parse", "broken.yaml", "kind: [EdgeModule\n\t: }");
            case 1:
                return await ChangedAsync("unknown fields", "unknown.yaml", Manifests.Module("unknown", $"{registry}/sleeper:1", "privilege: all"));
            case 2:
                return await ChangedAsync("a path with ..", "escape.yaml", Manifests.ConfigFile("escape", "${vars.root}/../outside/escaped", "escaped"));
            case 3:
                return await ChangedAsync("a path outside the roots", "absolute.yaml", Manifests.ConfigFile("absolute", $"{outside}/escaped", "escaped"));
            case 4:
                return await ChangedAsync("terminal escapes in a name", "name.yaml", Manifests.Module("\"\\e]0;title\\a\\u202e\"", $"{registry}/sleeper:1"));
            case 5:
                return await ChangedAsync("a name that is taken", "again.yaml", Manifests.Module("web", $"{registry}/sleeper:1"));
            case 6:
                return await ChangedAsync("aliases that multiply", "aliases.yaml", Aliases());
            case 7:
                return await ChangedAsync("an image that does not exist", "missing.yaml", Manifests.Module("missing", $"{registry}/sleeper:none"));
            case 8:
                await fleet.ChangeAsync(tree =>
                {
                    File.CreateSymbolicLink(Path.Combine(tree, "link.yaml"), "/etc/passwd");
                    File.CreateSymbolicLink(Path.Combine(tree, "folder"), "/etc");
                    File.WriteAllText(Path.Combine(tree, "through.yaml"), Manifests.ConfigFile("through", "${vars.root}/through", "").Replace("content: \"\"", "source: link.yaml", StringComparison.Ordinal));
                });
                return ("symbolic links out of the repository", Nothing);
            case 9:
                await fleet.ChangeAsync(tree =>
                {
                    using var file = File.Create(Path.Combine(tree, "huge.yaml"));
                    file.SetLength(MoreThanAFileMayHave);
                });
                return ("a huge file", Nothing);
            default:
                return random.Next(2) == 0 ? await UnsignedAsync(good) : await RewoundAsync(good);
        }
    }

    private async Task<(string, Func<Task>)> ChangedAsync(string what, string file, string content)
    {
        await fleet.ChangeAsync(tree => File.WriteAllText(Path.Combine(tree, file), content));
        return (what, Nothing);
    }

    private async Task<(string, Func<Task>)> UnsignedAsync(Generation good)
    {
        var forged = good with { Number = -good.Number };
        await fleet.CommitUnsignedAsync(forged.Manifests(registry, volume));
        return ("an unsigned commit", Nothing);
    }

    // Signed, and older than what the device has verified.
    private async Task<(string, Func<Task>)> RewoundAsync(Generation good)
    {
        var head = await fleet.CommitAsync([.. good.Manifests(registry, volume), ("readme.txt", "again")]);
        await fleet.MoveBranchAsync($"{head}~1");
        return ("a branch moved back", () => fleet.MoveBranchAsync(head));
    }

    private static Task Nothing() => Task.CompletedTask;

    private static string Aliases()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        return text.ToString();
    }
}
