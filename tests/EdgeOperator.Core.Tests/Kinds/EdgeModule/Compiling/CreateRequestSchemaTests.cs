namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class CreateRequestSchemaTests
{
    [Theory]
    [InlineData("""{"Hostname": 5}""", "Hostname must be a host's name: letters, digits and '-', at most 64 in all, not the number 5", "put it in quotes")]
    [InlineData("""{"Tty": "true"}""", "Tty must be true or false, not the string `true`", "remove the quotes")]
    [InlineData("""{"Env": {"A": "1"}}""", "Env must be a list, not a mapping", "correct")]
    [InlineData("""{"Env": ["=1"]}""", "Env[0] must be NAME=VALUE, not the string `=1`", "correct")]
    [InlineData("""{"Cmd": {"a": 1}}""", "Cmd must be a string or a list of strings, not a mapping", "correct")]
    [InlineData("""{"Cmd": ["sleep", 5]}""", "Cmd[1] must be a string, not the number 5", "put it in quotes")]
    [InlineData("""{"Labels": {"version": 2}}""", "Labels.version must be a string, not the number 2", "put it in quotes")]
    [InlineData("""{"ExposedPorts": {"http": {}}}""", "a key of createOptions.ExposedPorts must be a port such as 80/tcp, or a range such as 8000-8010/tcp, not `http`", "correct the key")]
    [InlineData("""{"ExposedPorts": {"70000/tcp": {}}}""", "`70000/tcp`", "correct the key")]
    [InlineData("""{"WorkingDir": "app"}""", "WorkingDir must be an absolute path, not the string `app`", "correct")]
    [InlineData("""{"Volumes": {"/": {}}}""", "Volumes must be an absolute path other than /", "correct the key")]
    [InlineData("""{"Healthcheck": {"Interval": 30}}""", "Healthcheck.Interval must be nanoseconds", "correct")]
    [InlineData("""{"StopSignal": "15 now"}""", "StopSignal must be a signal of the kernel, such as SIGTERM", "correct")]
    [InlineData("""{"HostConfig": []}""", "createOptions.HostConfig must be a mapping, not a list", "correct")]
    [InlineData("""{"HostConfig": {"Privileged": 1}}""", "HostConfig.Privileged must be true or false, not the number 1", "correct")]
    [InlineData("""{"HostConfig": {"Binds": "/a:/b"}}""", "HostConfig.Binds must be a list", "correct")]
    [InlineData("""{"HostConfig": {"Binds": ["./data:/data"]}}""", "HostConfig.Binds[0] must be SOURCE:TARGET", "correct")]
    [InlineData("""{"HostConfig": {"Binds": ["/data:data"]}}""", "HostConfig.Binds[0] must be SOURCE:TARGET", "correct")]
    [InlineData("""{"HostConfig": {"Memory": "64m"}}""", "HostConfig.Memory must be a number of bytes, at least 6291456 (6 MiB), or 0 for no limit, not the string `64m`", "correct")]
    [InlineData("""{"HostConfig": {"Memory": "64000000"}}""", "not the string `64000000`", "remove the quotes")]
    [InlineData("""{"HostConfig": {"Memory": 1048576}}""", "not the number 1048576", "correct")]
    [InlineData("""{"HostConfig": {"NanoCpus": 0.5}}""", "HostConfig.NanoCpus must be billionths of a processor", "correct")]
    [InlineData("""{"HostConfig": {"CpusetCpus": "a"}}""", "HostConfig.CpusetCpus must be processor numbers such as 0-3,5", "correct")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": {"HostPort": "80"}}}}""", "HostConfig.PortBindings.80/tcp must be a list", "correct")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": 80}]}}}""", "HostConfig.PortBindings.80/tcp[0].HostPort must be a port", "put it in quotes")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "99999"}]}}}""", "or \"\" for any free one, not the string `99999`", "correct")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "eth0"}]}}}""", "HostIp must be an IP address", "correct")]
    [InlineData("""{"HostConfig": {"RestartPolicy": {"Name": "sometimes"}}}""", "RestartPolicy.Name must be one of no, always, unless-stopped, on-failure", "correct")]
    [InlineData("""{"HostConfig": {"RestartPolicy": "always"}}""", "RestartPolicy must be a mapping", "correct")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "disk"}]}}""", "HostConfig.Mounts[0].Type must be one of bind, volume", "correct")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "tmpfs", "Target": "x"}]}}""", "HostConfig.Mounts[0].Target must be an absolute path", "correct")]
    [InlineData("""{"HostConfig": {"Devices": ["/dev/ttyUSB0"]}}""", "HostConfig.Devices[0] must be a mapping", "correct")]
    [InlineData("""{"HostConfig": {"Devices": [{"PathOnHost": "/dev/x", "CgroupPermissions": "rx"}]}}""", "CgroupPermissions must be r, w and m", "correct")]
    [InlineData("""{"HostConfig": {"DeviceRequests": [{"Capabilities": ["gpu"]}]}}""", "Capabilities[0] must be a list", "correct")]
    [InlineData("""{"HostConfig": {"Ulimits": [{"Name": "nofile", "Soft": "1024"}]}}""", "Ulimits[0].Soft must be a whole number", "remove the quotes")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Config": {"max-file": 3}}}}""", "LogConfig.Config.max-file must be a string", "put it in quotes")]
    [InlineData("""{"HostConfig": {"Sysctls": {"net.ipv4.ip_forward": 1}}}""", "Sysctls.net.ipv4.ip_forward must be a string", "put it in quotes")]
    [InlineData("""{"HostConfig": {"Tmpfs": ["/run"]}}""", "HostConfig.Tmpfs must be a mapping", "correct")]
    [InlineData("""{"HostConfig": {"Dns": ["router"]}}""", "HostConfig.Dns[0] must be an IP address", "correct")]
    [InlineData("""{"HostConfig": {"ExtraHosts": ["db"]}}""", "HostConfig.ExtraHosts[0] must be NAME:ADDRESS", "correct")]
    [InlineData("""{"HostConfig": {"GroupAdd": [20]}}""", "HostConfig.GroupAdd[0] must be a string", "put it in quotes")]
    [InlineData("""{"HostConfig": {"PidMode": "hosts"}}""", "HostConfig.PidMode must be one of private, host, container:NAME", "correct")]
    [InlineData("""{"HostConfig": {"OomScoreAdj": 2000}}""", "HostConfig.OomScoreAdj must be a whole number from -1000 to 1000", "correct")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": ["plant"]}}""", "NetworkingConfig.EndpointsConfig must be a mapping", "correct")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {"Aliases": "x"}}}}""", "EndpointsConfig.plant.Aliases must be a list", "correct")]
    public void What_the_engine_would_refuse_is_a_problem(string options, string what, string fix)
    {
        var compiled = Compiling.With(options);

        compiled.Container.Should().BeNull();
        var problem = compiled.Problems.Problems.Should().ContainSingle().Subject;
        problem.What.Should().Contain(what);
        problem.Fix.Should().Contain(fix);
        problem.Where.Line.Should().Be(1);
        problem.Where.Column.Should().BeGreaterThan(19);
    }

    [Theory]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b", "data:/data:ro", "/dev:/dev:rw,rslave", "/only", "C:\\data:C:\\data", "c:/data:c:/data:ro", "\\\\.\\pipe\\x:\\\\.\\pipe\\x"]}}""")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80": [{}], "53/udp": [{"HostIp": "::1", "HostPort": ""}], "9/sctp": [{"HostIp": "", "HostPort": "8000-8010"}], "443/tcp": null}}}""")]
    [InlineData("""{"HostConfig": {"Memory": 0, "MemorySwap": -1, "PidsLimit": -1, "CpusetCpus": "0-1,3", "Init": null, "CapAdd": "NET_ADMIN", "CapDrop": ["ALL"]}}""")]
    [InlineData("""{"HostConfig": {"ExtraHosts": ["db:10.0.0.1", "six:::1", "host.docker.internal:host-gateway"], "Dns": ["1.1.1.1", "::1"]}}""")]
    [InlineData("""{"HostConfig": {"DeviceRequests": [{"Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]]}], "Ulimits": [{"Name": "core", "Soft": 0, "Hard": -1}]}}""")]
    [InlineData("""{"HostConfig": {"IpcMode": "container:other", "Tmpfs": {"/run": "size=1m"}, "ShmSize": 67108864, "SecurityOpt": ["no-new-privileges"]}}""")]
    [InlineData("""{"Entrypoint": null, "Cmd": "run", "StopSignal": "SIGRTMIN+3", "Healthcheck": {"Test": ["NONE"], "Interval": 0}}""")]
    public void What_the_engine_takes_is_taken(string options) =>
        Compiling.With(options).Complaints.Should().BeEmpty();

    [Fact]
    public void All_problems_are_reported_at_once() =>
        Compiling.With("""{"Tty": 1, "HostConfig": {"Memory": 1, "Binds": ["x"]}}""").Problems.Count.Should().Be(3);
}
