using EdgeOperator.Core.Interop;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Interop;

public sealed class PathProperties
{
    private static readonly Arbitrary<string[]> Parts = Gen.Elements("a", "B", "with space", "ü", "..c", ".d", "e:f", "g\\h", "*", "\u00e9", "..", ".", "", "data", "in", "\n")
        .ArrayOf().ToArbitrary();

    [Fact]
    public void A_host_s_path_under_a_shared_folder_comes_back_as_it_was()
    {
        var paths = new PathMap(HostStyle.Unix, [new("/srv", "/data", false), new("/srv/in", "/other", false), new("/opt", "/data/in", false)]);

        Prop.ForAll(Parts, parts =>
        {
            var path = $"/srv/{string.Join('/', parts)}";
            return paths.ToGuest(path) is not { } guest || paths.ToHost(guest) == Plain(path, '/');
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_path_without_dots_under_a_single_shared_folder_is_always_seen()
    {
        var paths = new PathMap(HostStyle.Unix, [new("/srv", "/data", false)]);

        Prop.ForAll(Parts, parts => paths.ToGuest($"/srv/{string.Join('/', parts.Where(part => part != ".."))}") is not null).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_guest_s_path_crosses_to_Windows_and_back_whatever_its_names_are()
    {
        var paths = PathMap.ForWsl("Ubuntu", ['c']);

        Prop.ForAll(Parts, parts =>
        {
            var path = $"/mnt/{string.Join('/', parts)}";
            return paths.ToHost(path) is not { } host || paths.ToGuest(host) == Plain(path, '/');
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_outside_of_a_shared_folder_is_reached()
    {
        var paths = new PathMap(HostStyle.Unix, [new("/srv/a", "/data", false)]);

        Prop.ForAll(Parts, parts =>
        {
            var host = paths.ToHost($"/data/{string.Join('/', parts)}");
            return host is null || host == "/srv/a" || (host.StartsWith("/srv/a/", StringComparison.Ordinal) && !host.Split('/').Contains(".."));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_path_with_a_NUL_is_nowhere()
    {
        var paths = new PathMap(HostStyle.Unix, [new("/srv", "/data", false)]);

        paths.ToGuest("/srv/a\0").Should().BeNull();
        paths.ToHost("/data/a\0").Should().BeNull();
    }

    [Fact]
    public void Drives_are_mounted_where_wsl_conf_says()
    {
        var paths = PathMap.ForWsl("Ubuntu", ['C'], "/");

        paths.ToGuest(@"c:\x").Should().Be("/c/x");
        paths.ToHost("/c/x").Should().Be(@"C:\x");
    }

    // What the parts say once dots are followed; only for paths that do not leave the root.
    private static string Plain(string path, char separator)
    {
        var kept = new Stack<string>();
        foreach (var part in path.Split(separator).Where(part => part is not ("" or ".")))
        {
            if (part == "..")
                kept.Pop();
            else
                kept.Push(part);
        }

        return separator + string.Join(separator, kept.Reverse()) + (kept.Count > 0 && path[^1] == separator ? separator : "");
    }
}
