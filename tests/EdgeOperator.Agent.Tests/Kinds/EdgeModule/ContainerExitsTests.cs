using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class ContainerExitsTests
{
    private static readonly ObservedContainer Restarted = new()
    {
        Id = "c1",
        Name = "web",
        Image = "web",
        ImageId = "sha256:1",
        Phase = ContainerPhase.Running,
        RestartCount = 1,
    };

    private readonly ContainerExits _exits = new();

    [Fact]
    public void A_container_that_was_restarted_has_the_exit_code_of_the_run_before()
    {
        _exits.NoteEnd("c1", "3");

        _exits.Complete(Restarted).Should().Match<ObservedContainer>(c => c.ExitCode == 3 && !c.OutOfMemory);
    }

    [Fact]
    public void An_end_for_want_of_memory_counts_for_the_run_that_it_ended_alone()
    {
        _exits.NoteOutOfMemory("c1");
        _exits.NoteEnd("c1", "137");
        _exits.Complete(Restarted).Should().Match<ObservedContainer>(c => c.ExitCode == 137 && c.OutOfMemory);

        _exits.NoteEnd("c1", "1");
        _exits.Complete(Restarted).Should().Match<ObservedContainer>(c => c.ExitCode == 1 && !c.OutOfMemory);
    }

    [Fact]
    public void A_container_in_its_first_run_has_no_exit_code()
    {
        _exits.NoteEnd("c1", "3");

        _exits.Complete(Restarted with { RestartCount = 0 }).ExitCode.Should().BeNull();
    }
}
