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
    [InlineData("""{"HostConfig": {"CpuShares": -1}}""", "CpuShares must be a whole number from 2 to 262144")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-sise": "10m"}}}}""", "the log driver json-file has no option `max-sise`")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-size": "ten"}}}}""", "the log option max-size must be a size")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "local", "Config": {"max-file": "0"}}}}""", "the log option max-file must be a whole number from 1")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "local", "Config": {"mode": "async"}}}}""", "the log option mode must be blocking or non-blocking")]
    [InlineData("""{"User": "-1"}""", "User must be USER or USER:GROUP")]
    [InlineData("""{"User": ":"}""", "User must be USER or USER:GROUP")]
    [InlineData("""{"HostConfig": {"CpuShares": 1}}""", "CpuShares must be a whole number from 2 to 262144")]
    [InlineData("""{"HostConfig": {"CpusetCpus": "3-1"}}""", "CpusetCpus must be processor numbers")]
    [InlineData("""{"HostConfig": {"CapAdd": ["CAP_ALL"]}}""", "CapAdd[0] must be a capability")]
    [InlineData("""{"HostConfig": {"Ulimits": [{"Name": "RLIMIT_NOFILE", "Soft": 1, "Hard": 2}]}}""", "Ulimits[0].Name must be a resource limit")]
    [InlineData("""{"HostConfig": {"Ulimits": [{"Name": "nofile", "Soft": 512}]}}""", "the soft limit of nofile is above the hard one")]
    [InlineData("""{"HostConfig": {"Binds": ["d:/data"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["data:/a/.."]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b:,ro"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b:rslave,rprivate"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b:nocopy"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["data:/b:rslave"]}}""", "Binds[0] must be SOURCE:TARGET")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/d/../b", "/c:/b/."]}}""", "more than one volume is mounted at /b")]
    [InlineData("""{"HostConfig": {"Mounts": [{"Type": "volume", "Source": "data", "Target": "/."}]}}""", "Target must be an absolute path other than /")]
    [InlineData("""{"HostConfig": {"Tmpfs": {"/run": "size=64MB"}}}""", "Tmpfs./run must be options of tmpfs")]
    [InlineData("""{"HostConfig": {"Tmpfs": {"/run": "mode=9999"}}}""", "Tmpfs./run must be options of tmpfs")]
    [InlineData("""{"HostConfig": {"Tmpfs": {"/run": "uid=me"}}}""", "Tmpfs./run must be options of tmpfs")]
    [InlineData("""{"HostConfig": {"Tmpfs": {"/run": "rw,,exec"}}}""", "Tmpfs./run must be options of tmpfs")]
    [InlineData("""{"HostConfig": {"NetworkMode": "host"}, "NetworkingConfig": {"EndpointsConfig": {"plant": {}}}}""", "the network plant can't go with the host's network")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {"IPAMConfig": {"IPv4Address": "10.201.7"}}}}}""", "IPv4Address must be an IPv4 address")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {"IPAMConfig": {"IPv4Address": "fd00::1"}}}}}""", "IPv4Address must be an IPv4 address")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {"IPAMConfig": {"IPv6Address": "10.0.0.1"}}}}}""", "IPv6Address must be an IPv6 address")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "127.1", "HostPort": ""}]}}}""", "HostIp must be an IP address")]
    [InlineData("""{"HostConfig": {"ExtraHosts": ["hub=10.0.0.1"]}}""", "ExtraHosts[0] must be NAME:ADDRESS")]
    [InlineData("""{"HostConfig": {"ExtraHosts": ["hub:[fd00::1]"]}}""", "ExtraHosts[0] must be NAME:ADDRESS")]
    [InlineData("""{"HostConfig": {"Links": ["other:o:p"]}}""", "Links[0] must be CONTAINER")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-size": "0"}}}}""", "the log option max-size must be a size above 0")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-size": "-1"}}}}""", "the log option max-size must be a size")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"compress": "true", "max-size": "1m"}}}}""", "compress needs files to rotate")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-buffer-size": "1m"}}}}""", "max-buffer-size goes with mode non-blocking alone")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "local", "Config": {"max-file": "1"}}}}""", "with max-file 1 there is nothing to rotate")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "syslog", "Config": {"syslog-adress": "udp://10.0.0.1"}}}}""", "the log driver syslog has no option `syslog-adress`")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "syslog", "Config": {"syslog-facility": "kitchen"}}}}""", "the log option syslog-facility must be")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "syslog", "Config": {"syslog-address": "10.0.0.1"}}}}""", "the log option syslog-address must be")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "gelf"}}}""", "the log driver gelf needs the option gelf-address")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "fluentd", "Config": {"fluentd-adress": "x"}}}}""", "the log driver fluentd has no option `fluentd-adress`")]
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
    [InlineData("""{"HostConfig": {"CapAdd": ["CAP_NET_ADMIN", "sys_time", "ALL"], "Ulimits": [{"Name": "NOFILE", "Soft": 1, "Hard": 2}], "Sysctls": {"net.ipv4.ip_forward": "1", "fs.mqueue.msg_max": "9", "kernel.sem": "1"}}}""")]
    [InlineData("""{"HostConfig": {"SecurityOpt": ["no-new-privileges:true", "seccomp=unconfined", "apparmor:unconfined", "label:disable", "label=type:container_t"], "DeviceCgroupRules": ["c 189:* rmw", "a *:* rwm"]}}""")]
    [InlineData("""{"HostConfig": {"Binds": ["/a:/b:z,ro", "/c:/c:rw,rslave", "data:/d:nocopy"], "Tmpfs": {"/run": "rw,noexec,size=64m,mode=1777"}, "VolumesFrom": ["other:ro"], "UsernsMode": "keep-id:uid=1"}}""")]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:0123abc", "UTSMode": "host"}}""")]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "80"}], "80/udp": [{"HostPort": "80"}], "81/tcp": [{"HostPort": "8080", "HostIp": "127.0.0.1"}], "82/tcp": [{"HostPort": "8080", "HostIp": "127.0.0.2"}]}}}""")]
    [InlineData("""{"HostConfig": {"CpuPeriod": 100000, "CpuQuota": -1, "BlkioWeight": 0, "CpuShares": 2, "NanoCpus": 0, "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3", "mode": "non-blocking", "max-buffer-size": "4m", "compress": "true", "tag": "x"}}}}""")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "vendor/driver:1", "Config": {"anything": "goes"}}}}""")]
    [InlineData("""{"User": "1000:", "ExposedPorts": {"8000-8010/tcp": {}}, "HostConfig": {"Binds": ["/a:/b:"], "VolumesFrom": ["other:"], "Links": ["other", "other:o"]}}""")]
    [InlineData("""{"User": ":1000", "HostConfig": {"Sysctls": {"net/ipv4/ip_forward": "1"}, "ExtraHosts": ["hub:fd00::1", "hub:host-gateway"], "CpusetCpus": "0-1,3"}}""")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "syslog", "Config": {"syslog-address": "udp://10.0.0.1:514", "syslog-facility": "23", "syslog-format": "rfc5424", "tag": "x"}}}}""")]
    [InlineData("""{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-size": "${vars.size}", "compress": "true"}}}}""")]
    public void What_they_take_is_taken(string options) => Compiling.With(options).Complaints.Should().BeEmpty();

    [Fact]
    public void What_Docker_s_command_line_fills_in_is_filled_in() =>
        Compiling.With("""{"HostConfig": {"Devices": [{"PathOnHost": "/dev/ttyS0"}]}, "NetworkingConfig": {"EndpointsConfig": {"plant": null}}}""").Container!.CreateBody
            .Should().Contain("\"CgroupPermissions\":\"rwm\"").And.Contain("\"EndpointsConfig\":{\"plant\":{}}");

    [Theory]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:x", "DnsSearch": ["a"]}}""", "HostConfig.DnsSearch has no effect")]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:x", "DnsOptions": ["a"]}}""", "HostConfig.DnsOptions has no effect")]
    public void What_the_engine_takes_and_ignores_is_a_warning(string options, string what)
    {
        var compiled = Compiling.With(options);

        compiled.Container.Should().NotBeNull();
        compiled.Problems.Warnings.Should().ContainSingle().Which.What.Should().Contain(what);
    }

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
