using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Sources;

public sealed class SourceSetRevisionTests : SourceSetTest
{
    [Fact]
    public async Task There_is_no_revision_until_every_source_has_delivered()
    {
        Base.Delivers("b1");
        Site.Fails("Unreachable");
        var set = Start(Base, Site);

        await set.PokeAsync(Deadline);
        set.Newest.Should().BeNull();

        Site.Delivers("s1");
        await set.PokeAsync(Deadline);
        set.Newest!.Display.Should().Be("base@b1, site@s1");
    }

    [Fact]
    public async Task The_only_source_s_artifact_names_the_revision()
    {
        Base.Delivers("b1", "content");
        var set = Start(Base);

        await set.PokeAsync(Deadline);

        set.Newest!.Id.Should().Be("b1");
        var artifact = Store.Load("b1")!.Artifacts.Should().ContainSingle().Subject;
        artifact.Texts().Should().Equal(("a.yaml", "content"));
    }

    [Fact]
    public async Task A_revision_of_several_sources_has_them_in_their_order_and_changes_with_each()
    {
        Base.Delivers("b1");
        Site.Delivers("s1");
        var set = Start(Base, Site);
        await set.PokeAsync(Deadline);
        var first = set.Newest!.Id;

        Base.Delivers("b2");
        await set.PokeAsync(Deadline);

        set.Newest!.Id.Should().NotBe(first);
        Store.Load(set.Newest.Id)!.Artifacts.Select(a => a.Id).Should().Equal("b2", "s1");
        Store.Load(first)!.Artifacts.Select(a => a.Id).Should().Equal("b1", "s1");
    }

    [Fact]
    public async Task A_failing_source_stays_at_what_it_delivered_last()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        await set.PokeAsync(Deadline);

        Base.Fails("Unreachable");
        await set.PokeAsync(Deadline);

        set.Newest!.Id.Should().Be("b1");
        set.Statuses[0].Revision.Should().Be("b1");
    }

    [Fact]
    public async Task A_restart_without_any_source_knows_the_revision_of_before()
    {
        Base.Delivers("b1");
        Site.Delivers("s1");
        var before = Start(Base, Site);
        await before.PokeAsync(Deadline);
        Base.Fails("Unreachable");
        Site.Fails("Unreachable");

        var after = Start(Base, Site);

        after.Newest.Should().Be(before.Newest);
        after.Statuses.Select(s => s.Revision).Should().Equal("b1", "s1");
        await after.PokeAsync(Deadline);
        after.Newest.Should().Be(before.Newest);
        Store.Load(after.Newest!.Id).Should().NotBeNull();
    }

    [Fact]
    public async Task A_source_is_told_what_is_known_of_it()
    {
        Base.Delivers("b1");
        await Start(Base).PokeAsync(Deadline);
        await Start(Base).PokeAsync(Deadline);

        Base.Asked.Should().Equal(null, "b1");
    }

    [Fact]
    public async Task What_was_fetched_under_other_settings_is_fetched_again_and_serves_until_then()
    {
        Base.Delivers("b1");
        await Start(Base).PokeAsync(Deadline);
        var changed = new ScriptedSource("base", interval: TimeSpan.FromHours(5));
        changed.Fails("Unverified");

        var set = Start(changed);
        await set.PokeAsync(Deadline);

        changed.Asked.Should().Equal(new string?[] { null });
        set.Newest!.Id.Should().Be("b1");
    }

    [Fact]
    public async Task A_damaged_artifact_is_fetched_again()
    {
        Base.Delivers("b1", "content");
        var set = Start(Base);
        await set.PokeAsync(Deadline);
        File.WriteAllText(Path.Combine(Folder, "revisions", "b1.tar"), "junk");

        Store.Load("b1").Should().BeNull();
        await set.PokeAsync(Deadline);

        Base.Asked.Should().Equal(null, null);
        Store.Load("b1").Should().NotBeNull();
    }

    [Fact]
    public async Task A_revision_whose_record_is_gone_is_stored_again()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        await set.PokeAsync(Deadline);
        Directory.Delete(Path.Combine(Folder, "revisions"), recursive: true);

        await set.PokeAsync(Deadline);

        Store.Load(set.Newest!.Id).Should().NotBeNull();
    }

    [Fact]
    public async Task Without_sources_there_is_no_revision()
    {
        var set = Start();

        await set.PokeAsync(Deadline);

        set.Newest.Should().BeNull();
        set.Statuses.Should().BeEmpty();
    }

    [Fact]
    public async Task A_full_disk_leaves_the_revision_as_it_is_and_is_retried()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        await set.PokeAsync(Deadline);
        Base.Delivers("b2");

        await using (await UnwritableAsync("revisions/b2.tar"))
        {
            (await PolledAsync(set)).Ready.Reason.Should().Be("StorageUnavailable");
            set.Newest!.Id.Should().Be("b1");
        }

        await set.PokeAsync(Deadline);
        set.Newest!.Id.Should().Be("b2");
    }

    [Fact]
    public async Task A_revision_that_could_not_be_stored_is_stored_by_a_later_poll()
    {
        Base.Delivers("b1");
        var set = Start(Base);
        await using (await UnwritableAsync("revisions/b1.json"))
        {
            (await PolledAsync(set)).Ready.Reason.Should().Be("StorageUnavailable");
            set.Newest.Should().BeNull();
        }

        (await PolledAsync(set)).Ready.Reason.Should().Be("Fetched");
        set.Newest!.Id.Should().Be("b1");
    }

    [Fact]
    public async Task A_source_that_is_no_longer_configured_is_forgotten_by_a_running_agent()
    {
        Base.Delivers("b1");
        Site.Delivers("s1");
        await Start(Base, Site).PokeAsync(Deadline);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var changed = new TaskCompletionSource();
        Base.Delivers("b2");
        var running = Start(Base).RunAsync(_ => changed.TrySetResult(), stop.Token);
        await changed.Task.WaitAsync(Deadline);
        await stop.CancelAsync();
        await running.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();

        Store.NewestOf("site").Should().BeNull();
        Store.NewestOf("base").Should().NotBeNull();
    }

    /// <summary>A mount where the file should go: it fails as a full disk does, for root too, and can't be moved aside.</summary>
    private Task<TinyDisk> UnwritableAsync(string file) => TinyDisk.MountAsync(16, Directory.CreateDirectory(Path.Combine(Folder, file)).FullName);
}
