using EdgeOperator.Agent.Kinds.ConfigFile;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

public sealed class ContentHashesTests : FileFixture
{
    private readonly AllowedPaths _allowed;

    public ContentHashesTests() => _allowed = new(new() { AllowedRoots = [Root] }, new([], [State]));

    [Fact]
    public void A_file_that_has_not_changed_is_not_read_again()
    {
        File.WriteAllText(At("f"), "content");
        var hashes = new ContentHashes(new LaterTime(TimeSpan.FromMinutes(1)));
        using var place = ResolvedPath.Find(_allowed, At("f"));
        var hash = hashes.Of(place);
        File.Delete(At("f"));

        hashes.Of(place).Should().Be(hash);
    }

    [Fact]
    public void A_file_that_changed_just_now_is_read_again()
    {
        File.WriteAllText(At("f"), "content");
        var hashes = new ContentHashes(new LaterTime(TimeSpan.Zero));
        using var place = ResolvedPath.Find(_allowed, At("f"));
        hashes.Of(place);
        File.Delete(At("f"));

        var again = () => hashes.Of(place);

        again.Should().Throw<IOException>();
    }

    [Fact]
    public void A_change_that_keeps_size_and_time_is_noticed()
    {
        File.WriteAllText(At("f"), "aaaa");
        var time = File.GetLastWriteTimeUtc(At("f"));
        var hashes = new ContentHashes(new LaterTime(TimeSpan.FromMinutes(1)));
        var before = Hash(hashes);

        File.WriteAllText(At("f"), "bbbb");
        File.SetLastWriteTimeUtc(At("f"), time);

        Hash(hashes).Should().NotBe(before);
    }

    [Fact]
    public void A_file_that_is_not_looked_at_any_more_is_forgotten()
    {
        File.WriteAllText(At("f"), "content");
        var hashes = new ContentHashes(new LaterTime(TimeSpan.FromMinutes(1)));
        using var place = ResolvedPath.Find(_allowed, At("f"));
        hashes.Of(place);
        hashes.Keep(new HashSet<string>());
        File.Delete(At("f"));

        var again = () => hashes.Of(place);

        again.Should().Throw<IOException>();
    }

    private string Hash(ContentHashes hashes)
    {
        using var place = ResolvedPath.Find(_allowed, At("f"));
        return hashes.Of(place);
    }

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
