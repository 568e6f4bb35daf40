using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.VirtualMachine;

public sealed class VirtualMachineTests
{
    [Fact]
    public void A_machine_has_defaults_for_all_but_its_image()
    {
        var machine = Read("");

        machine.Should().BeEquivalentTo(new VirtualMachineSpec
        {
            Shape = new() { Image = new("/srv/guest.qcow2", new('a', 64)) },
            Eflow = null,
        });
    }

    [Fact]
    public void Every_field_is_read()
    {
        var machine = Reading.Files(
            ("vms/vm.yaml", Reading.Machine(
                $$"""
                driver: qemu
                cpus: 2
                memory: 512Mi
                network:
                  mode: user
                  address: 10.0.2.15/24
                  gateway: 10.0.2.2
                  dns: [1.1.1.1]
                  forwards: ["8080:80", "0.0.0.0:8443:443/tcp", {host: 53, guest: 5353, protocol: udp}]
                sharedFolders: [{host: /srv/data, guest: /mnt/data, readOnly: true}]
                interop: {enabled: true, appendHostPath: false, env: [A, B/pu], programs: {df.exe: /bin/df}, guestUsers: {df.exe: [app]}, user: operator}
                tpm: true
                provisioning:
                  files:
                  - {path: /etc/motd, content: "hello ${device.name}", mode: 0600, owner: "app:app"}
                  - {path: /etc/app.yaml, source: app.yaml}
                  users: [{name: app, sshKeys: ["{{Reading.SshKey}}"], groups: [docker], shell: /bin/sh}]
                  commands: ["systemctl restart app"]
                power: stopped
                user: app
                stopTimeout: 90s
                """,
                image: $"{{size: 20Gi, image: {{url: \"https://example.com/guest.qcow2\", sha256: {new string('b', 64)}}}}}")),
            ("vms/app.yaml", "not: a manifest")).Machine();

        machine.Should().BeEquivalentTo(new { Driver = MachineDriver.Qemu, Power = MachinePower.Stopped, User = "app", StopTimeout = TimeSpan.FromSeconds(90) });
        machine.Shape.Should().BeEquivalentTo(new
        {
            Cpus = 2,
            Memory = 512 << 20,
            DiskSize = 20L << 30,
            Image = new MachineImage("https://example.com/guest.qcow2", new('b', 64)),
            Tpm = true,
            SharedFolders = new[] { new SharedFolder("/srv/data", "/mnt/data", ReadOnly: true) },
        });
        machine.Shape.Network.Should().BeEquivalentTo(new { Mode = MachineNetworkMode.User, Address = "10.0.2.15/24", Gateway = "10.0.2.2", Dns = new[] { "1.1.1.1" } });
        machine.Shape.Network.Forwards.Select(f => f.ToString()).Should().Equal("127.0.0.1:8080:80/tcp", "0.0.0.0:8443:443/tcp", "127.0.0.1:53:5353/udp");
        machine.Shape.Interop.Should().BeEquivalentTo(new { Enabled = true, AppendHostPath = false, Env = new[] { "A", "B/pu" }, User = "operator" });
        machine.Shape.Interop.Programs["df.exe"].Should().Be("/bin/df");
        machine.Shape.Interop.GuestUsers["df.exe"].Should().Equal("app");
        machine.Provisioning.Files.Select(f => (f.Path, System.Text.Encoding.UTF8.GetString(f.Content.Span), f.Mode, f.Owner)).Should().Equal(
            ("/etc/motd", "hello till-1", 0b110_000_000, "app:app"), ("/etc/app.yaml", "not: a manifest", 0b110_100_100, null));
        machine.Provisioning.Users.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Name = "app", SshKeys = new[] { Reading.SshKey }, Groups = new[] { "docker" }, Shell = "/bin/sh" });
        machine.Provisioning.Commands.Should().Equal("systemctl restart app");
    }

    [Fact]
    public void The_settings_of_EFLOW_and_WSL_are_read()
    {
        var eflow = Read("driver: eflow\neflow: {acceptEula: true, switchType: Internal, features: [Defender], identity: {provisioningType: DpsTPM, scopeId: x}}\nuser: iotedge-user", "{}");
        var wsl = Read("driver: wsl\nwsl: {distribution: Edge, wslConfig: {wsl2.swap: 0}, wslConf: {boot.systemd: true}}", "{}");

        eflow.Eflow.Should().BeEquivalentTo(new { AcceptEula = true, SwitchType = "Internal", Features = new[] { "Defender" } });
        eflow.Eflow!.Identity["provisioningType"].Should().Be("DpsTPM");
        (wsl.Wsl!.Distribution, wsl.Wsl.WslConfig["wsl2.swap"], wsl.Wsl.WslConf["boot.systemd"]).Should().Be(("Edge", "0", "true"));
    }

    [Fact]
    public void Amounts_are_rounded_up_to_whole_MiB() => Read("memory: 1G").Shape.Memory.Should().Be(954L << 20);

    [Theory]
    [InlineData("network: {forwards: [\"8080:80\", \"0.0.0.0:8080:81\"]}", "the forward 0.0.0.0:8080:81/tcp takes a port of the host that 127.0.0.1:8080:80/tcp has already (a.yaml:7:35): choose another port of the host")]
    [InlineData("network: {forwards: [\"80\"]}", "spec.network.forwards[0] must be a forward such as `8080:80` or `0.0.0.0:8080:80/tcp`, not the string `80`")]
    [InlineData("network: {forwards: [\"70000:80\"]}", "choose ports from 1 to 65535")]
    [InlineData("network: {forwards: [\"999.0.0.1:80:80\"]}", "name an IPv4 address of the host")]
    [InlineData("network: {forwards: [{host: 80, guest: 80, address: \"::1\"}]}", "name an IPv4 address of the host")]
    [InlineData("network: {mode: bridge}", "spec.network needs `interface` when `mode` is `bridge` or `tap`")]
    [InlineData("network: {interface: br0}", "`interface` in spec.network has no effect unless `mode` is `bridge` or `tap`")]
    [InlineData("network: {address: 10.0.0.1}", "must be an address with its prefix length")]
    [InlineData("network: {address: 10.0.0.1/33}", "must be an address with its prefix length")]
    [InlineData("network: {gateway: 10.0.0.1}", "a `gateway` without an `address`")]
    [InlineData("network: {address: 10.0.0.5/24, gateway: 10.0.1.1}", "the gateway 10.0.1.1 does not lie in the network of 10.0.0.5/24 (a.yaml:7:44)")]
    [InlineData("network: {address: \"fd00::5/64\"}", "the network behind the host has IPv4 addresses only, so fd00::5/64 can't be one of them (a.yaml:7:22)")]
    [InlineData("sharedFolders: [{host: srv, guest: /mnt/a}]", "spec.sharedFolders[0].host must be an absolute path")]
    [InlineData("sharedFolders: [{host: /srv/../etc, guest: /mnt/a}]", "spec.sharedFolders[0].host must be an absolute path without `..`")]
    [InlineData("sharedFolders: [{host: /srv, guest: /mnt/../etc}]", "must be an absolute path in the guest")]
    [InlineData("sharedFolders: [{host: /srv, guest: /mnt/a}, {host: /opt, guest: /mnt/a/b}]", "the folders at /mnt/a and /mnt/a/b would cover each other in the guest (a.yaml:7:48): mount one of them elsewhere")]
    [InlineData("sharedFolders: [{host: /srv, guest: /etc}]", "a folder at /etc would cover what the guest itself needs (a.yaml:7:39)")]
    [InlineData("sharedFolders: [{host: /srv, guest: /run/x}]", "would cover what the guest itself needs")]
    [InlineData("interop: {env: [A/x]}", "spec.interop.env[0] must be a variable's name, and behind a `/` the flags that it has of `p`, `l`, `u` and `w`, not the string `A/x` (a.yaml:7:19)")]
    [InlineData("interop: {env: [A/uw]}", "A/uw is shared in neither direction")]
    [InlineData("interop: {env: [A/p, A]}", "the variable A is shared twice (a.yaml:7:24)")]
    [InlineData("interop: {programs: {df: bin/df}}", "spec.interop.programs.df must be an absolute path")]
    [InlineData("interop: {programs: {a/b: /bin/df}}", "`a/b` in spec.interop.programs is not a program's name")]
    [InlineData("interop: {programs: {df: /bin/df, df.exe: /bin/df}}", "can't tell the programs df and df.exe apart")]
    [InlineData("interop: {programs: {df: /bin/df}, guestUsers: {du: [app]}}", "`du` in spec.interop.guestUsers is none of spec.interop.programs (a.yaml:7:51): correct the name, or remove it")]
    [InlineData("user: app", "the user app is not declared (a.yaml:7:9): add it to `provisioning.users`")]
    [InlineData("provisioning: {users: [{name: app, sshKeys: [ssh-rsa]}]}", "must be a public SSH key such as `ssh-ed25519 AAAA… name`, not the string `ssh-rsa` (a.yaml:7:48)")]
    [InlineData("provisioning: {users: [{name: app, sshKeys: [ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA]}]}", "must be a public SSH key")]
    [InlineData("provisioning: {users: [{name: app}, {name: app}]}", "the user app is declared twice (a.yaml:7:39)")]
    [InlineData("provisioning: {files: [{path: /a, content: x}, {path: /a, content: y}]}", "the file /a is written twice")]
    [InlineData("provisioning: {files: [{path: /a}]}", "needs one of `content`, `source`")]
    [InlineData("provisioning: {files: [{path: /a, source: b}]}", "the source has no file `b` (a.yaml:7:45)")]
    [InlineData("driver: qemu\nwsl: {distribution: x}", "`wsl` has no effect with this driver (a.yaml:8:3): write `driver: wsl`, or remove it")]
    [InlineData("driver: eflow", "EFLOW brings its own image (a.yaml:6:17): remove `disk.image`")]
    [InlineData("cpus: 0", "spec.cpus must be a whole number from 1 to 256")]
    [InlineData("memory: 1Mi", "choose a larger amount")]
    public void A_wrong_value_is_refused(string spec, string problem) => Reading.Yaml(Reading.Machine(spec)).Complaints().Should().Contain(problem);

    [Theory]
    [InlineData("{image: {path: /x}}", "spec.disk.image.sha256 is missing")]
    [InlineData("{image: {sha256: aa}}", "spec.disk.image needs one of `path`, `url`")]
    [InlineData("{size: 1Gi}", "a machine of QEMU needs an image (a.yaml:6:9): add `disk.image`")]
    public void A_wrong_image_is_refused(string disk, string problem) =>
        Reading.Yaml(Reading.Machine("driver: qemu", image: disk)).Complaints().Should().Contain(problem);

    [Theory]
    [InlineData("root")]
    [InlineData("root:adm")]
    [InlineData("\"0\"")]
    public void Programs_of_the_host_that_run_as_root_are_warned_of(string user)
    {
        var read = Reading.Yaml(Reading.Machine($"interop: {{programs: {{df: /bin/df}}, user: {user}}}"));

        read.Problems.Should().BeEmpty();
        read.Warnings.Should().ContainSingle().Which.ToString().Should().Contain("programs of the host run as root for a guest (a.yaml:7:");
        Reading.Yaml(Reading.Machine("interop: {programs: {df: /bin/df}}")).Warnings.Should().BeEmpty();
    }

    [Fact]
    public void A_private_key_is_refused_and_not_repeated() =>
        Reading.Yaml(Reading.Machine("provisioning: {users: [{name: app, sshKeys: [\"-----BEGIN OPENSSH PRIVATE KEY-----\\nc2VjcmV0\"]}]}")).Complaints()
            .Should().Contain("holds a private key (a.yaml:7:48)").And.NotContain("c2VjcmV0");

    [Fact]
    public void A_machine_can_not_be_named_as_the_folder_of_images_is() =>
        Reading.Yaml(Reading.Machine(name: "images")).Complaints().Should().StartWith("no VirtualMachine can be named images").And.Contain("(a.yaml:4:9)");

    [Fact]
    public void What_hangs_on_variables_is_not_compared_for_no_device() =>
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", Reading.Machine(
            """
            network: {forwards: ["${vars.a}", "${vars.b}"], gateway: "${vars.g}"}
            sharedFolders: [{host: /srv, guest: "${vars.c}"}, {host: /srv, guest: "${vars.d}"}]
            user: ${vars.user}
            """))).Problems.Should().BeEmpty();

    [Theory]
    [InlineData("network: {forwards: [\"8080:80\"]}", "VirtualMachine/vm and VirtualMachine/other both listen on port 8080")]
    [InlineData("network: {forwards: [\"0.0.0.0:8080:80\"]}", "VirtualMachine/vm and VirtualMachine/other both listen on port 8080")]
    [InlineData("network: {forwards: [\"8081:80\"]}", "VirtualMachine/vm and EdgeModule/web both listen on port 8081")]
    [InlineData("network: {forwards: [\"7071:80\"]}", "VirtualMachine/vm and FunctionApp/orders both listen on port 7071")]
    public void A_port_of_the_host_leads_to_one_place(string spec, string problem) => Beside(spec).Complaints().Should().Contain(problem);

    [Theory]
    [InlineData("network: {forwards: [\"127.0.0.2:8080:80\"]}")]
    [InlineData("network: {forwards: [\"8080:80/udp\"]}")]
    [InlineData("network: {forwards: [\"8080:80\"]}\npower: stopped")]
    public void Ports_that_differ_in_address_or_protocol_do_not_clash(string spec) => Beside(spec).Problems.Should().BeEmpty();

    [Fact]
    public void The_spec_changes_with_each_of_its_parts()
    {
        string[] specs =
        [
            "", "cpus: 2", "memory: 2Gi", "network: {mode: isolated}", "network: {dns: [1.1.1.1]}", "network: {forwards: [\"80:80\"]}",
            "sharedFolders: [{host: /srv, guest: /mnt/a}]", "interop: {enabled: false}", "interop: {env: [A]}", "interop: {programs: {a: /a}}", "tpm: true",
            "provisioning: {commands: [\"true\"]}", "provisioning: {users: [{name: app}]}", "power: stopped", "stopTimeout: 1s",
        ];

        specs.Select(spec => Read(spec).Hash).Should().OnlyHaveUniqueItems();
        Read("").Hash.Should().Be(Read("").Hash);
    }

    private static VirtualMachineSpec Read(string spec, string? image = null) => Reading.Yaml(Reading.Machine(spec, image: image)).Machine();

    private static ReadResult Beside(string spec) => Reading.Files(
        ("a.yaml", Reading.Machine(spec)),
        ("b.yaml", Reading.Machine("network: {forwards: [\"8080:81\"]}", "other")),
        ("c.yaml", Reading.Module("ports: [\"8081:80\"]")),
        ("d.yaml", Reading.FunctionApp("package: .orders\nhttp: {port: 7071}")),
        (".orders/host.json", "{}"));
}
