using EdgeOperator.Git.Tree;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Git.Tests.Tree;

public sealed class SourceTreeTests
{
    private readonly SourceTree<string> _tree = new(SourceLimits.Default with { MaxFiles = 100 });

    [Fact]
    public void Files_are_ordered_by_path()
    {
        _tree.AddFile("b.yaml", "b");
        _tree.AddFile("a/z.yaml", "z");
        _tree.AddFile("a.yaml", "a");

        Contents().Should().Equal(("a.yaml", "a"), ("a/z.yaml", "z"), ("b.yaml", "b"));
    }

    [Fact]
    public void A_link_to_a_file_has_its_content()
    {
        _tree.AddFile("base/a.yaml", "a");
        _tree.AddLink("site/a.yaml", "../base/./a.yaml");

        Contents().Should().Equal(("base/a.yaml", "a"), ("site/a.yaml", "a"));
    }

    [Fact]
    public void A_link_to_a_folder_has_all_of_it_links_included()
    {
        _tree.AddFile("base/a.yaml", "a");
        _tree.AddLink("base/b.yaml", "a.yaml");
        _tree.AddLink("site", "base");

        Contents().Should().Equal(("base/a.yaml", "a"), ("base/b.yaml", "a"), ("site/a.yaml", "a"), ("site/b.yaml", "a"));
    }

    [Fact]
    public void A_link_through_a_link_is_followed_as_a_kernel_does()
    {
        _tree.AddFile("releases/5/conf/a.yaml", "a");
        _tree.AddLink("current", "releases/5/conf");
        _tree.AddLink("a.yaml", "current/a.yaml");

        // From where the link leads to, not from where it stands.
        _tree.AddLink("up", "current/..");

        _tree.Resolve().Select(f => f.Path).Should().Equal("a.yaml", "current/a.yaml", "releases/5/conf/a.yaml", "up/conf/a.yaml");
    }

    [Theory]
    [InlineData("/etc/shadow", "is absolute")]
    [InlineData("../../etc/shadow", "leaves the source")]
    [InlineData("./../../x", "leaves the source")]
    [InlineData("nowhere", "is not there")]
    [InlineData("a.yaml/x", "is not there")]
    [InlineData("link", "in circles")]
    [InlineData("..", "in circles")]
    [InlineData("../sub", "in circles")]
    [InlineData(".", "in circles")]
    public void A_link_out_of_the_source_or_to_nowhere_is_refused_and_all_else_delivered(string target, string message)
    {
        _tree.AddFile("sub/a.yaml", "a");
        _tree.AddLink("sub/link", target);

        var entries = _tree.Resolve();

        entries.Should().HaveCount(2);
        entries[0].Should().Be(new SourceEntry<string>("sub/a.yaml", "sub/a.yaml", "a", Refused: null));
        entries[1].Should().Match<SourceEntry<string>>(e => e.Path == "sub/link" && e.Content == null && e.Refused!.Contains(message));
    }

    [Fact]
    public void Links_to_each_other_lead_in_circles()
    {
        _tree.AddLink("a", "b");
        _tree.AddLink("b", "a");

        _tree.Resolve().Should().HaveCount(2).And.OnlyContain(e => e.Refused!.Contains("in circles"));
    }

    [Fact]
    public void A_link_in_the_tree_s_own_folder_may_not_leave_it()
    {
        _tree.AddLink("a", "..");

        _tree.Resolve().Should().ContainSingle().Which.Refused.Should().Contain("leaves");
        _tree.LeadsOut.Should().BeTrue();
    }

    [Fact]
    public void A_link_may_lead_out_of_the_folder_that_is_asked_for()
    {
        _tree.AddFile("shared/a.yaml", "a");
        _tree.AddFile("other/b.yaml", "b");
        _tree.AddLink("devices/one/a.yaml", "../../shared/a.yaml");
        _tree.AddLink("devices/one/up", "../../..");

        var entries = _tree.Resolve("devices/one");

        entries.Select(e => (e.Path, e.Origin, e.Content)).Should().Equal(("a.yaml", "shared/a.yaml", "a"), ("up", "devices/one/up", null));
    }

    [Theory]
    [InlineData("b\uFFFDd.yaml", "b\uFFFDd.yaml")]
    [InlineData("a\nb/c.yaml", "a\uFFFDb")]
    [InlineData("sub/a\u001b[2J", "sub/a\uFFFD[2J")]
    public void A_name_that_can_t_be_printed_is_refused_and_all_else_delivered(string path, string seenAs)
    {
        _tree.AddFile("a.yaml", "a");
        _tree.AddFile(path, "x");
        _tree.AddFile(path + "2", "y");

        var entries = _tree.Resolve();

        entries.Should().ContainSingle(e => e.Content != null).Which.Path.Should().Be("a.yaml");
        entries.Should().Contain(e => e.Path == seenAs && e.Refused!.Contains("not UTF-8"));
    }

    [Fact]
    public void Folders_of_links_that_multiply_each_other_are_refused_soon()
    {
        for (var level = 0; level < 12; level++)
        {
            for (var link = 0; link < 5; link++)
                _tree.AddLink($"d{level}/l{link}", $"../d{level + 1}");
        }

        _tree.AddFile("d12/a.yaml", "a");

        _tree.Invoking(t => t.Resolve()).Should().Throw<FetchException>();
    }

    [Fact]
    public void Too_many_files_are_refused()
    {
        for (var i = 0; i < 100; i++)
            _tree.AddFile($"{i}.yaml", "a");

        _tree.Invoking(t => t.AddFile("one-more.yaml", "a")).Should().Throw<FetchException>().WithMessage("*more than 100 files*");
    }

    [Theory]
    [InlineData("a.yaml", "a.yaml")]
    [InlineData("a.yaml", "a.yaml/b")]
    [InlineData("a/b", "a")]
    public void A_path_that_is_taken_is_refused(string first, string second)
    {
        _tree.AddFile(first, "1");

        _tree.Invoking(t => t.AddFile(second, "2")).Should().Throw<FetchException>();
    }

    [Fact]
    public void Whatever_links_there_are_the_tree_is_resolved_or_refused()
    {
        var names = Gen.Elements("a", "b", "c", "d/a", "d/b", "d/e/a");
        var targets = Gen.Elements("a", "b", "d", "../a", "../d", "..", ".", "e", "../..", "d/e", "e/../b");
        var links = Gen.Zip(names, targets).ListOf();

        Prop.ForAll(links.ToArbitrary(), chosen =>
        {
            var tree = new SourceTree<string>(SourceLimits.Default with { MaxFiles = 1000 });
            tree.AddFile("file", "x");
            foreach (var (name, target) in chosen.DistinctBy(l => l.Item1))
                tree.AddLink(name, target);

            try
            {
                return tree.Resolve().All(f => f.Refused is null ? f.Content == "x" : f.Content is null);
            }
            catch (FetchException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }

    private IEnumerable<(string, string?)> Contents() => _tree.Resolve().Select(f => (f.Path, f.Content));
}
