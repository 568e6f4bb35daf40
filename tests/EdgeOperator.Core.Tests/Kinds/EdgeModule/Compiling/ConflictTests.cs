namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class ConflictTests
{
    [Theory]
    [InlineData("""{"Labels": {"edgeoperator.io/managed-by": "me"}}""", "edgeoperator.io/managed-by is the agent's own")]
    [InlineData("""{"Image": "alpine"}""", "createOptions.Image is `alpine`")]
    [InlineData("""{"HostConfig": {"Binds": ["a1:/d", "b1:/d/"]}}""", "more than one volume is mounted at /d")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "bind", "Source": "data", "Target": "/d"}]}}""", "the mount at /d has no absolute path")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "volume", "Source": "/data", "Target": "/d"}]}}""", "no volume's name")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "tmpfs", "Source": "data", "Target": "/d"}]}}""", "a tmpfs has none")]
    [InlineData("""{"HostConfig": {"MemorySwap": 8000000}}""", "HostConfig.Memory is not")]
    [InlineData("""{"HostConfig": {"Memory": 8000000, "MemorySwap": 7000000}}""", "below HostConfig.Memory")]
    [InlineData("""{"HostConfig": {"Memory": 8000000, "MemoryReservation": 9000000}}""", "above HostConfig.Memory")]
    [InlineData("""{"HostConfig": {"NanoCpus": 10000000, "CpuQuota": 50000}}""", "CpuPeriod or CpuQuota")]
    [InlineData("""{"HostConfig": {"Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 5}]}}""", "the soft limit of nofile")]
    [InlineData("""{"HostConfig": {"RestartPolicy": {"Name": "always", "MaximumRetryCount": 3}}}""", "MaximumRetryCount goes with on-failure alone")]
    [InlineData("""{"Hostname": "h", "HostConfig": {"NetworkMode": "container:x"}}""", "Hostname can't go with another container's network")]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:x", "PortBindings": {"80/tcp": []}}}""", "PortBindings can't go with another container's network")]
    public void Fields_that_the_engine_refuses_together_are_a_problem(string options, string what)
    {
        var problem = Compiling.With(options).Problems.Problems.Should().ContainSingle().Subject;
        problem.What.Should().Contain(what);
        problem.Where.Column.Should().BeGreaterThan(19, "it points into createOptions");
    }

    [Theory]
    [InlineData("""{"Image": "docker.io/library/busybox:1"}""")]
    [InlineData("""{"Labels": {"edgeoperator": "x"}}""")]
    [InlineData("""{"HostConfig": {"Memory": 8000000, "MemorySwap": -1, "MemoryReservation": 7000000}}""")]
    [InlineData("""{"Hostname": "", "HostConfig": {"NetworkMode": "container:x", "PortBindings": {}}}""")]
    [InlineData("""{"HostConfig": {"Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": -1}]}}""")]
    public void Fields_that_go_together_are_fine(string options) =>
        Compiling.With(options).Complaints.Should().BeEmpty();
}
