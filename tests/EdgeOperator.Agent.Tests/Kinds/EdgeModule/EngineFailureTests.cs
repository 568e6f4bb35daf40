using System.Net;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

/// <summary>Messages as engines have been seen to write them.</summary>
public class EngineFailureTests
{
    private static readonly Step Create = new CreateContainer(new("EdgeModule", "web"), "test", "web", "1");
    private static readonly Step Start = new StartContainer(new("EdgeModule", "web"), "test", null);

    [Theory]
    [InlineData(400, "Minimum memory limit allowed is 6MB", "InvalidCreateOptions")]
    [InlineData(500, "json: cannot unmarshal string into Go struct field HostConfig.HostConfig.Binds of type []string", "InvalidCreateOptions")]
    [InlineData(400, "conflicting options: host type networking can't be used with links", "InvalidCreateOptions")]
    public void What_the_options_can_never_be_is_terminal(int status, string message, string reason) =>
        Classify(Create, status, message).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be(reason);

    [Theory]
    [InlineData(400, "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/nothere\": stat /nothere: no such file or directory: unknown")]
    [InlineData(400, "OCI runtime create failed: exec: \"web\": executable file not found in $PATH: unknown")]
    [InlineData(500, "standard_init_linux.go:228: exec user process caused: exec format error")]
    public void What_can_never_start_is_terminal(int status, string message) =>
        Classify(Start, status, message).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("CommandNotRunnable");

    [Theory]
    [InlineData(404, "No such image: web:1", "ImageMissing")]
    [InlineData(400, "invalid mount config for type \"bind\": bind source path does not exist: /nowhere", "MountSourceMissing")]
    [InlineData(500, "write /var/lib/docker/x: no space left on device", "DiskFull")]
    [InlineData(500, "something else", "EngineError")]
    public void What_may_pass_is_tried_again_at_creation(int status, string message, string reason) =>
        Classify(Create, status, message).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be(reason);

    [Theory]
    [InlineData(500, "driver failed programming external connectivity on endpoint qq: Bind for 0.0.0.0:18080 failed: port is already allocated", "PortInUse")]
    [InlineData(500, "Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use", "PortInUse")]
    [InlineData(404, "network nonet not found", "NetworkMissing")]
    [InlineData(404, "No such container: abc", "ContainerMissing")]
    [InlineData(500, "error gathering device information while adding custom device \"/dev/ttyUSB0\": no such file or directory", "MountSourceMissing")]
    public void What_may_pass_is_tried_again_at_the_start(int status, string message, string reason) =>
        Classify(Start, status, message).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be(reason);

    [Theory]
    [InlineData(500, "failed to create task for container: task 5f1b already exists: unknown", "EngineInternalError")]
    [InlineData(500, "failed to create task for container: AlreadyExists: task 5f1b: already exists", "EngineInternalError")]
    [InlineData(500, "connection error: desc = \"transport: error while dialing: dial unix:///run/containerd/containerd.sock: timeout\": unavailable", "EngineInternalError")]
    [InlineData(500, "ttrpc: closed: unknown", "EngineInternalError")]
    [InlineData(500, "error creating overlay mount to /var/lib/docker/overlay2/x/merged: input/output error", "EngineInternalError")]
    [InlineData(500, "write /var/lib/docker/x: no space left on device", "DiskFull")]
    [InlineData(500, "fork/exec /usr/bin/runc: cannot allocate memory", "OutOfMemory")]
    [InlineData(500, "all predefined address pools have been fully subnetted: no available network", "AddressesExhausted")]
    public void A_fault_of_the_device_is_not_the_revisions(int status, string message, string reason)
    {
        foreach (var step in (Step[])[Create, Start])
            Classify(step, status, message).Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(o => o.Reason == reason && o.Fault == Fault.Device);
    }

    [Theory]
    [InlineData(500, "something else")]
    [InlineData(500, "Bind for 0.0.0.0:18080 failed: port is already allocated")]
    [InlineData(404, "No such image: web:1")]
    public void Whatever_a_revision_may_have_brought_on_is_its_own(int status, string message) =>
        Classify(Start, status, message).Should().BeOfType<StepOutcome.Retry>().Which.Fault.Should().Be(Fault.Revision);

    [Fact]
    public void An_engine_without_an_answer_is_unavailable() =>
        EngineFailure.Classify(Start, new(null, "gone")).Should().Be(new StepOutcome.Retry("EngineUnavailable", "gone") { Fault = Fault.Device });

    private static StepOutcome Classify(Step step, int status, string message) => EngineFailure.Classify(step, new((HttpStatusCode)status, message));
}
