using System.Collections.Immutable;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Sources;

/// <summary>The files of a revision are lost, and its sources are asked for them again.</summary>
public sealed class RevisionRecoveryTests : SourceSetTest
{
    [Fact]
    public async Task What_the_source_still_delivers_is_stored_as_it_was()
    {
        var (set, revision, parts) = await LostAsync();

        set.Recover(revision, parts);
        set.Lost.Should().Be("the files of base@b1, site@s1 are lost; the sources are asked for them again");
        await set.PokeAsync(Deadline);

        set.Lost.Should().BeNull();
        Store.Load(revision)!.Artifacts.Select(a => a.Id).Should().Equal("b1", "s1");
        Store.List().Select(r => r.Id).Should().StartWith(set.Newest!.Id).And.EndWith(revision);
    }

    [Fact]
    public async Task Only_what_is_damaged_is_asked_for()
    {
        var (set, revision, parts) = await LostAsync(only: "s1");

        set.Recover(revision, parts);
        await set.PokeAsync(Deadline);

        (Base.Again, Site.Again).Should().Be((0, 1));
        Store.Load(revision).Should().NotBeNull();
    }

    [Fact]
    public async Task Other_files_under_the_same_id_are_not_taken()
    {
        var (set, revision, parts) = await LostAsync();
        Base.Older["b1"] = Base.Artifact("b1", "slipped in");

        set.Recover(revision, parts);
        await set.PokeAsync(Deadline);

        set.Lost.Should().Contain("source base can't deliver them again: what the source delivers as base@b1 is not what it was");
        Store.Load(revision).Should().BeNull();
        File.Exists(Path.Combine(Folder, "revisions", "b1.tar")).Should().BeFalse();
    }

    [Fact]
    public async Task Another_artifact_is_not_taken()
    {
        var (set, revision, parts) = await LostAsync();
        Base.Older["b1"] = Base.Artifact("b3", "slipped in");

        set.Recover(revision, parts);
        await set.PokeAsync(Deadline);

        set.Lost.Should().Contain("what the source delivers is b3");
        Store.Load(revision).Should().BeNull();
    }

    [Fact]
    public async Task Parts_that_make_another_revision_are_not_taken_for_it()
    {
        var (set, revision, parts) = await LostAsync();

        set.Recover(revision, [parts[1], parts[0]]);
        await set.PokeAsync(Deadline);

        set.Lost.Should().Contain("its parts make another revision");
        Store.Load(revision).Should().BeNull();
    }

    [Fact]
    public async Task What_the_source_has_not_got_any_more_is_told_of_with_what_to_do()
    {
        var (set, revision, parts) = await LostAsync();
        Base.Older.Clear();

        set.Recover(revision, parts);
        await set.PokeAsync(Deadline);

        set.Lost.Should().Contain("source base can't deliver them again: it is gone. What runs is left as it is").And.Contain("Put the former content back");
    }

    [Fact]
    public async Task A_source_that_is_not_configured_any_more_is_named()
    {
        var (_, revision, parts) = await LostAsync();
        var set = Start(Base);

        set.Recover(revision, parts);

        set.Lost.Should().Contain("source site can't deliver them again: it is no source of this device any more");
    }

    [Fact]
    public async Task Without_any_record_of_its_sources_it_stays_lost()
    {
        var (set, revision, _) = await LostAsync();

        set.Recover(revision, []);
        await set.PokeAsync(Deadline);

        set.Lost.Should().Contain("the record of its sources are lost");
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_is_not_asked_for()
    {
        var (set, revision, parts) = await LostAsync();

        set.Recover(revision, parts);
        set.Recover(null, []);
        await set.PokeAsync(Deadline);

        (Base.Again, set.Lost).Should().Be((0, null));
    }

    /// <summary>A revision of two sources, which have both moved on.</summary>
    /// <param name="only">The artifact that is lost; null for both, and the record.</param>
    private async Task<(SourceSet Set, string Revision, ImmutableArray<RevisionPart> Parts)> LostAsync(string? only = null)
    {
        Base.Delivers("b1", "base");
        Site.Delivers("s1", "site");
        var set = Start(Base, Site);
        await set.PokeAsync(Deadline);
        var (revision, parts) = (set.Newest!.Id, Store.PartsOf(set.Newest.Id));
        (Base.Older["b1"], Site.Older["s1"]) = (Base.Artifact("b1", "base"), Site.Artifact("s1", "site"));
        Base.Delivers("b2");
        Site.Delivers("s2");
        await set.PokeAsync(Deadline);

        if (only is null)
            File.Delete(Path.Combine(Folder, "revisions", $"{revision}.json"));
        foreach (var part in parts.Where(part => only is null || part.Id == only))
            Damage.Garbage.Apply(Path.Combine(Folder, "revisions", $"{part.Id}.tar"));
        return (set, revision, parts);
    }
}
