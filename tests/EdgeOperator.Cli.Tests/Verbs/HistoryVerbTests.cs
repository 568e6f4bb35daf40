namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class HistoryVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task Revisions_are_listed_newest_first()
    {
        (await RunAsync("history")).Should().Be(new Run(0, """
            REVISION      STARTED               TOOK  OUTCOME     KEPT  BY     REASON  ID
            main@1a2b3c4  2026-07-01T11:59:00Z  -     InProgress  -     -      -       1a2b3c4d
            main@0f0f0f0  2026-07-01T09:00:00Z  42s   Succeeded   yes   alice  -       0f0f0f0f

            """, ""));
    }

    [Fact]
    public async Task It_can_be_limited()
    {
        (await RunAsync("history", "--limit", "1", "-o", "yaml")).Out.Should().Be("""
            - id: 2
              revision: '1a2b3c4d'
              display: main@1a2b3c4
              startedAt: '2026-07-01T11:59:00+00:00'
              outcome: InProgress
              kept: false

            """);
    }
}
