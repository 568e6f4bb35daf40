namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class EngineRuleTests
{
    private static readonly string LongName = new('h', 65);

    [Theory]
    [InlineData("""{"Hostname": "my host"}""", "Hostname must be a host's name")]
    [InlineData("""{"Hostname": "-edge"}""", "Hostname must be a host's name")]
    [InlineData("""{"Domainname": "a..b"}""", "Domainname must be a host's name")]
    [InlineData("""{"MacAddress": "02:42:ac:11:00"}""", "MacAddress must be a MAC address")]
    [InlineData("""{"MacAddress": "02:42:ac:11:00:zz"}""", "MacAddress must be a MAC address")]
    [InlineData("""{"User": "1:2:3"}""", "User must be USER or USER:GROUP")]
    [InlineData("""{"User": "4294967296"}""", "User must be USER or USER:GROUP")]
    [InlineData("""{"StopSignal": "SIGFOO"}""", "StopSignal must be a signal")]
    [InlineData("""{"StopSignal": "0"}""", "StopSignal must be a signal")]
    [InlineData("""{"StopSignal": "99"}""", "StopSignal must be a signal")]
    [InlineData("""{"StopTimeout": -2}""", "StopTimeout must be seconds")]
    [InlineData("""{"Healthcheck": {"Test": ["curl", "localhost"]}}""", "Healthcheck.Test begins with `curl`")]
    [InlineData("""{"Healthcheck": {"Test": ["CMD"]}}""", "Healthcheck.Test begins with `CMD`")]
    [InlineData("""{"Healthcheck": {"Interval": 999999}}""", "Healthcheck.Interval must be nanoseconds")]
    [InlineData("""{"Healthcheck": {"Retries": -1}}""", "Healthcheck.Retries must be a whole number, 0 or above")]
    [InlineData("""{"HostConfig": {"CapAdd": ["NET_ADMN"]}}""", "CapAdd[0] must be a capability")]
    [InlineData("""{"HostConfig": {"CapDrop": "EVERYTHING"}}""", "CapDrop must be a capability")]
    [InlineData("""{"HostConfig": {"Ulimits": [{"Name": "files", "Soft": 1, "Hard": 2}]}}""", "Ulimits[0].Name must be a resource limit")]
    [InlineData("""{"HostConfig": {"Sysctls": {"vm.max_map_count": "262144"}}}""", "a key of createOptions.HostConfig.Sysctls must be a kernel parameter of a container's own")]
    [InlineData("""{"HostConfig": {"NetworkMode": "host", "Sysctls": {"net.core.somaxconn": "1024"}}}""", "would change the host's own")]
    [InlineData("""{"HostConfig": {"IpcMode": "host", "Sysctls": {"kernel.shmmax": "1"}}}""", "would change the host's own")]
    [InlineData("""{"HostConfig": {"SecurityOpt": ["privileged"]}}""", "SecurityOpt[0] must be KEY=VALUE")]
    [InlineData("""{"HostConfig": {"SecurityOpt": ["seccom=unconfined"]}}""", "SecurityOpt[0] must be KEY=VALUE")]
    [InlineData("""{"HostConfig": {"DeviceCgroupRules": ["c 189:* all"]}}""", "DeviceCgroupRules[0] must be TYPE MAJOR:MINOR ACCESS")]
    [InlineData("""{"HostConfig": {"DeviceRequests": [{"Count": 1, "DeviceIDs": ["0"], "Capabilities": [["gpu"]]}]}}""", "both Count and DeviceIDs")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b:readonly"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b:ro,rw"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["1:/b"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["data:/"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Tmpfs": {"/run": "siz=64m"}}}""", "Tmpfs./run must be options of tmpfs")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Target": "/d"}]}}""", "the mount at /d has no Type")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "volume", "Source": "data"}]}}""", "the mount at `data` has no Target")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "volume", "Source": "data", "Target": "/d", "BindOptions": {"Propagation": "rslave"}}]}}""", "has Type volume and BindOptions")]
    [InlineData("""{"HostConfig": {"VolumesFrom": ["other:readonly"]}}""", "VolumesFrom[0] must be CONTAINER")]
    [InlineData("""{"HostConfig": {"NetworkMode": "my network"}}""", "NetworkMode must be host, none, bridge")]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:"}}""", "NetworkMode must be host, none, bridge")]
    [InlineData("""{"HostConfig": {"PidMode": "container:"}}""", "PidMode must be one of")]
    [InlineData("""{"HostConfig": {"UsernsMode": "hosts"}}""", "UsernsMode must be host")]
    [InlineData("""{"HostConfig": {"UTSMode": "host"}, "Hostname": "edge"}""", "UTSMode is host")]
    [InlineData("""{"HostConfig": {"NetworkMode": "host"}, "MacAddress": "02:42:ac:11:00:02"}""", "MacAddress can't go with the host's network")]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:x"}, "MacAddress": "02:42:ac:11:00:02"}""", "MacAddress can't go with another container's network")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"my net": {}}}}""", "a key of createOptions.NetworkingConfig.EndpointsConfig must be a network's name")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"bridge": {"Aliases": ["x"]}}}}""", "the engine's own network bridge has no Aliases")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {"Aliases": [""]}}}}""", "Aliases[0] must be a string that is not empty")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {"IPAMConfig": {"IPv4Address": "10.0.0"}}, "x1": {"MacAddress": "x"}}}}""", "MacAddress must be a MAC address")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "80"}], "81/tcp": [{"HostPort": "80"}]}}}""", "the host's port 80/tcp is published twice")]
    [InlineData("""{"HostConfig": {"CpuPeriod": 10}}""", "CpuPeriod must be microseconds from 1000 to 1000000")]
    [InlineData("""{"HostConfig": {"CpuQuota": 10}}""", "CpuQuota must be microseconds, at least 1000")]
    [InlineData("""{"HostConfig": {"NanoCpus": 1000}}""", "NanoCpus must be billionths of a processor")]
    [InlineData("""{"HostConfig": {"BlkioWeight": 5}}""", "BlkioWeight must be a whole number from 10 to 1000")]
    [InlineData("""{"HostConfig": {"CpuShares": -1}}""", "CpuShares must be a whole number, 0 or above")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-sise": "10m"}}}}""", "the log driver json-file has no option `max-sise`")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-size": "ten"}}}}""", "the log option max-size must be a size")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "local", "Config": {"max-file": "0"}}}}""", "the log option max-file must be a whole number from 1")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "local", "Config": {"mode": "async"}}}}""", "the log option mode must be blocking or non-blocking")]
    public void What_the_engine_or_the_kernel_would_refuse_is_a_problem(string options, string what)
    {
        var compiled = Compiling.With(options);

        compiled.Container.Should().BeNull();
        compiled.Problems.Problems.Should().Contain(p => p.What.Contains(what)).And.OnlyContain(p => p.Where.Line == 1 && p.Fix.Length > 0);
    }

    [Fact]
    public void A_host_s_name_has_64_characters_at_most() =>
        Compiling.With($$"""{"Hostname": "{{LongName}}"}""").Complaints.Should().Contain("Hostname must be a host's name");

    [Theory]
    [InlineData("""{"Hostname": "edge-1.plant_a.example", "Domainname": "", "User": "1000:app", "MacAddress": "02-42-AC-11-00-02", "StopSignal": "sigint", "StopTimeout": -1}""")]
    [InlineData("""{"StopSignal": "RTMIN+15", "User": "nobody", "Healthcheck": {"Test": []}}""")]
    [InlineData("""{"Healthcheck": {"Test": ["CMD-SHELL", "curl -f localhost || exit 1"], "Interval": 1000000}}""")]
    [InlineData("""{"HostConfig": {"CapAdd": ["CAP_NET_ADMIN", "sys_time", "ALL"], "Ulimits": [{"Name": "RLIMIT_NOFILE", "Soft": 1, "Hard": 2}], "Sysctls": {"net.ipv4.ip_forward": "1", "fs.mqueue.msg_max": "9", "kernel.sem": "1"}}}""")]
    [InlineData("""{"HostConfig": {"SecurityOpt": ["no-new-privileges:true", "seccomp=unconfined", "apparmor:unconfined", "label:disable", "label=type:container_t"], "DeviceCgroupRules": ["c 189:* rmw", "a *:* rwm"]}}""")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b:z,ro", "/c:/c:rw,rslave", "data:/d:nocopy"], "Tmpfs": {"/run": "rw,noexec,size=64m,mode=1777"}, "VolumesFrom": ["other:ro"], "UsernsMode": "keep-id:uid=1"}}""")]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:0123abc", "UTSMode": "host"}}""")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "80"}], "80/udp": [{"HostPort": "80"}], "81/tcp": [{"HostPort": "8080", "HostIp": "127.0.0.1"}], "82/tcp": [{"HostPort": "8080", "HostIp": "127.0.0.2"}]}}}""")]
    [InlineData("""{"HostConfig": {"CpuPeriod": 100000, "CpuQuota": -1, "BlkioWeight": 0, "CpuShares": 2, "NanoCpus": 0, "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3", "mode": "non-blocking", "max-buffer-size": "4m", "compress": "true", "tag": "x"}}}}""")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "vendor/driver:1", "Config": {"anything": "goes"}}}}""")]
    public void What_they_take_is_taken(string options) => Compiling.With(options).Complaints.Should().BeEmpty();

    [Fact]
    public void Plain_fields_are_held_to_the_same_rules() => Compiling.Spec(
        """{"workingDir": "app", "user": "a b", "volumes": [1], "ports": [1]}""",
        spec => spec with
        {
            WorkingDir = "app",
            User = "a b",
            Volumes = [new("data", "/", false, null)],
            Ports = [new(80, 8080, "tcp", null), new(81, 8080, "tcp", "0.0.0.0")],
        }).Problems.SortedProblems.Select(p => (p.What.Split(' ')[0], p.Where.Column)).Should().Equal(("workingDir", 2), ("user", 23), ("the", 38), ("the", 54));
}
