using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Tests.Manifests.Schema;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("2d", 172800)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5s", 1.5)]
    [InlineData("0s", 0)]
    public void A_duration_is_read(string text, double seconds) =>
        DurationType.Parse(text).Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("s")]
    [InlineData("5s\n")]
    [InlineData("999999999999d")]
    [InlineData("1w")]
    public void What_is_no_duration_is_refused(string text) => DurationType.Parse(text).Should().BeNull();

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("64Mi", 67108864)]
    [InlineData("1G", 1000000000)]
    [InlineData("1.5Gi", 1610612736)]
    [InlineData("2k", 2000)]
    [InlineData("2Ki", 2048)]
    public void An_amount_of_memory_is_read_as_Kubernetes_does(string text, long bytes) => MemoryType.Parse(text).Should().Be(bytes);

    [Theory]
    [InlineData("64m")]
    [InlineData("64MB")]
    [InlineData("-1")]
    [InlineData("Mi")]
    [InlineData("9999999999999999999Ti")]
    [InlineData("64Mi\n")]
    public void What_is_no_amount_of_memory_is_refused(string text) => MemoryType.Parse(text).Should().BeNull();

    [Theory]
    [InlineData("0.5", 500_000_000)]
    [InlineData("500m", 500_000_000)]
    [InlineData("2", 2_000_000_000)]
    public void A_share_of_processors_is_read_as_Kubernetes_does(string text, long nano) => CpuType.Parse(text).Should().Be(nano);

    [Theory]
    [InlineData("0.5m")]
    [InlineData("half")]
    [InlineData("-1")]
    public void What_is_no_share_of_processors_is_refused(string text) => CpuType.Parse(text).Should().BeNull();
}
