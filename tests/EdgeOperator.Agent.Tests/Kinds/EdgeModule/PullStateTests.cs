using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class PullStateTests
{
    [Fact]
    public void Bytes_are_added_up_over_the_layers()
    {
        var state = new PullState();
        state.Add(new() { Id = "base", Status = "Already exists" });
        state.Add(new() { Id = "one", Status = "Pulling fs layer" });
        state.Add(Downloading("one", 250_000, 1_000_000));
        state.Add(Downloading("two", 500_000, 2_000_000));

        state.Progress.Should().Be(new TransferProgress(750_000, 3_000_000));
        state.Describe("web:1").Should().Be("pulling web:1: 25 % of 3.0 MB");
    }

    [Fact]
    public void Extracting_does_not_take_back_what_was_fetched()
    {
        var state = new PullState();
        state.Add(Downloading("one", 400, 1000));
        state.Add(new() { Id = "one", Status = "Download complete" });
        state.Add(new() { Id = "one", Status = "Extracting", Progress = new() { Current = 100, Total = 1000 } });

        state.Progress.Should().Be(new TransferProgress(1000, 1000));
    }

    [Fact]
    public void What_can_be_no_layers_is_not_added_up()
    {
        var state = new PullState();
        for (var i = 0; i < 100_000; i++)
            state.Add(Downloading($"layer{i}", long.MaxValue, long.MaxValue));

        state.Progress.Should().Be(new TransferProgress(1000L << 40, 1000L << 40));
        state.Describe("web:1").Should().StartWith("pulling web:1: 100 % of");
    }

    [Fact]
    public void Before_anything_is_known_there_is_no_percentage() => new PullState().Describe("web:1").Should().Be("pulling web:1");

    [Fact]
    public void The_digest_comes_from_the_last_lines()
    {
        var state = new PullState();
        state.Add(new() { Status = "Digest: sha256:abc" });
        state.Add(new() { Status = "Status: Downloaded newer image for web:1" });

        state.Digest.Should().Be("sha256:abc");
    }

    private static PullMessage Downloading(string layer, long current, long total) =>
        new() { Id = layer, Status = "Downloading", Progress = new() { Current = current, Total = total } };
}
