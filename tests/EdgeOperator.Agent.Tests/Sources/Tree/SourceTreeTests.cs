using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Tree;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Sources.Tree;

public sealed class SourceTreeTests
{
    private readonly SourceTree<string> _tree = new(SourceLimits.Default with { MaxFiles = 100 });

    [Fact]
    public void Files_are_ordered_by_path()
    {
        _tree.AddFile("b.yaml", "b");
        _tree.AddFile("a/z.yaml", "z");
        _tree.AddFile("a.yaml", "a");

        _tree.Resolve().Should().Equal(("a.yaml", "a"), ("a/z.yaml", "z"), ("b.yaml", "b"));
    }

    [Fact]
    public void A_link_to_a_file_has_its_content()
    {
        _tree.AddFile("base/a.yaml", "a");
        _tree.AddLink("site/a.yaml", "../base/./a.yaml");

        _tree.Resolve().Should().Equal(("base/a.yaml", "a"), ("site/a.yaml", "a"));
    }

    [Fact]
    public void A_link_to_a_folder_has_all_of_it_links_included()
    {
        _tree.AddFile("base/a.yaml", "a");
        _tree.AddLink("base/b.yaml", "a.yaml");
        _tree.AddLink("site", "base");

        _tree.Resolve().Should().Equal(("base/a.yaml", "a"), ("base/b.yaml", "a"), ("site/a.yaml", "a"), ("site/b.yaml", "a"));
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
    [InlineData("../../etc/shadow", "leaves the source's folder")]
    [InlineData("./../../x", "leaves the source's folder")]
    [InlineData("nowhere", "is not there")]
    [InlineData("a.yaml/x", "is not there")]
    [InlineData("loop", "in circles")]
    [InlineData("..", "in circles")]
    [InlineData("../sub", "in circles")]
    [InlineData(".", "in circles")]
    public void A_link_out_of_the_source_or_to_nowhere_is_refused(string target, string message)
    {
        _tree.AddFile("sub/a.yaml", "a");
        _tree.AddLink("sub/loop", target);

        var refused = _tree.Invoking(t => t.Resolve()).Should().Throw<FetchException>().Which;

        refused.Reason.Should().Be("Refused");
        refused.Message.Should().Contain(message);
    }

    [Fact]
    public void A_link_in_the_source_s_own_folder_may_not_leave_it()
    {
        _tree.AddLink("a", "..");

        _tree.Invoking(t => t.Resolve()).Should().Throw<FetchException>().WithMessage("*leaves*");
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
                return tree.Resolve().All(f => f.Content == "x");
            }
            catch (FetchException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }
}
