using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.FunctionApp;

public sealed class FunctionAppTests
{
    private static readonly (string Path, string Text) Host = ("apps/orders/host.json", "{\"version\": \"2.0\"}");

    [Fact]
    public void An_app_has_the_files_of_its_folder_and_defaults_for_the_rest()
    {
        var app = App("package: orders", Host, ("apps/orders/pay/function.json", "{}"), ("apps/other.txt", "x"), ("apps/orders/.funcignore", "x"));

        Package(app).Files.Select(f => f.Path).Should().Equal("host.json", "pay/function.json");
        app.Should().BeEquivalentTo(new { Instances = 1, Port = 0, Address = "127.0.0.1", Standby = false, Worker = (string?)null });
    }

    [Fact]
    public void Every_field_is_read()
    {
        var app = App(
            """
            package: {path: /apps/orders}
            worker: node
            instances: 4
            settings: {A: 1}
            settingsFiles: {B: /etc/secret}
            http: {port: 7071, address: 0.0.0.0, masterKeyFile: /etc/master, keyFiles: {till: /etc/till}, corsOrigins: ["https://a.example", "*"], corsCredentials: true, trustedProxies: [10.0.0.2, "fd00::/8"]}
            schedule: [{days: [Mon, Sunday], start: "22:00", end: "06:00", timeZone: Europe/Berlin}]
            resources: {cpus: 0.5, memory: 64Mi}
            standby: true
            user: app
            """,
            Host);

        app.Should().BeEquivalentTo(new { Worker = "node", Instances = 4, Port = 7071, Address = "0.0.0.0", MasterKeyFile = "/etc/master", Cpus = 500_000_000, Memory = 64 << 20, Standby = true, User = "app" });
        app.Settings["A"].Should().Be("1");
        app.SettingsFiles["B"].Should().Be("/etc/secret");
        app.KeyFiles["till"].Should().Be("/etc/till");
        app.CorsOrigins.Should().Equal("https://a.example", "*");
        app.TrustedProxies.Should().Equal("10.0.0.2", "fd00::/8");
        app.CorsCredentials.Should().BeTrue();
        var window = app.Schedule.Should().ContainSingle().Subject;
        window.Days.Should().Equal(DayOfWeek.Monday, DayOfWeek.Sunday);
        (window.Start, window.End, window.TimeZone).Should().Be((new TimeOnly(22, 0), new TimeOnly(6, 0), "Europe/Berlin"));
    }

    [Fact]
    public void A_package_may_be_a_zip_file_from_elsewhere() =>
        App($"package: {{url: \"https://example.com/a.zip\", sha256: {new string('a', 64)}}}").Package
            .Should().Be(new FunctionPackage.Zip("https://example.com/a.zip", new string('a', 64)));

    [Fact]
    public void A_package_may_be_left_to_whoever_publishes_it() =>
        App("package: {published: orders}").Package.Should().Be(new FunctionPackage.Published("orders"));

    [Theory]
    [InlineData("package: {url: \"https://example.com/a.zip\"}", "spec.package has `url` without `sha256` (apps/a.yaml:6:13): add `sha256`")]
    [InlineData("package: {published: Orders}", "spec.package.published must be a name of lower-case letters")]
    [InlineData("package: {published: orders, path: orders}", "spec.package takes only one of `path`, `url`, `published`")]
    [InlineData("package: order", "the source has no folder `apps/order` (apps/a.yaml:6:12): did you mean `/apps/orders`?")]
    [InlineData("package: ../../x", "the folder `../../x` lies outside of the source (apps/a.yaml:6:12): move it into the source")]
    [InlineData("package: orders\ninstances: 65", "spec.instances must be a whole number from 1 to 64")]
    [InlineData("package: orders\nsettings: {A: 1}\nsettingsFiles: {A: /x}", "the setting `A` stands in `settings` and in `settingsFiles` (apps/a.yaml:8:19): keep one of them")]
    [InlineData("package: orders\nhttp: {corsOrigins: [example.org]}", "spec.http.corsOrigins[0] must be an origin such as `https://example.org`, or `*`")]
    [InlineData("package: orders\nhttp: {trustedProxies: [proxy]}", "spec.http.trustedProxies[0] must be an IP address or network such as `10.0.0.2` or `10.0.0.0/8`")]
    [InlineData("package: orders\nsettingsFiles: {A: x}", "spec.settingsFiles.A must be an absolute path")]
    [InlineData("package: orders\nschedule: [{start: \"22\", end: \"06:00\"}]", "spec.schedule[0].start must be a time of day such as `\"22:30\"`")]
    public void A_wrong_value_is_refused(string spec, string problem) =>
        Reading.Files(("apps/a.yaml", Reading.FunctionApp(spec)), Host).Complaints().Should().Contain(problem);

    [Fact]
    public void A_folder_without_host_json_is_no_app() =>
        Reading.Files(("a.yaml", Reading.FunctionApp("package: web")), ("web/index.js", "")).Complaints().Should().Be(
            "the folder `web` has no host.json, so it is no function app (a.yaml:6:12): commit the app; the path counts from the manifest's folder, or with a leading `/` from the source's root");

    [Fact]
    public void A_developers_settings_are_refused() =>
        Reading.Files(("apps/a.yaml", Reading.FunctionApp("package: orders")), Host, ("apps/orders/local.settings.json", "{}")).Complaints()
            .Should().StartWith("`apps/orders` holds a local.settings.json").And.Contain("settingsFiles");

    [Theory]
    [InlineData("not a manifest")]
    [InlineData("{\"a\": ")]
    public void Files_of_a_package_are_no_manifests(string json) =>
        App("package: orders", Host, ("apps/orders/x/function.json", json), ("apps/orders/compose.yaml", "a: b")).Should().NotBeNull();

    [Fact]
    public void Dependencies_of_an_app_that_nobody_names_are_no_manifests_either() =>
        Reading.Files(("web/node_modules/x/package.json", "{{{")).Problems.Should().BeEmpty();

    [Fact]
    public void A_manifest_may_lie_in_the_folder_that_it_names_and_is_no_part_of_the_app()
    {
        var result = Reading.Files(("orders/app.yaml", Reading.FunctionApp("package: .")), ("orders/host.json", "{}"));

        Package(result.App()).Files.Select(f => f.Path).Should().Equal("host.json");
    }

    [Fact]
    public void Dependencies_that_nothing_can_install_are_worth_a_warning()
    {
        (string, string) package = ("apps/orders/package.json", """{"dependencies": {"@azure/functions": "^4"}}""");

        Read("package: orders", Host, package).Warnings.Should().ContainSingle().Which.What.Should().Contain("neither a node_modules folder nor a lock file");
        Read("package: orders", Host, package, ("apps/orders/package-lock.json", "{}")).Warnings.Should().BeEmpty();
        Read("package: orders", Host, package, ("apps/orders/node_modules/x/index.js", "")).Warnings.Should().BeEmpty();
    }

    [Fact]
    public void The_spec_changes_with_a_files_content_its_mode_and_its_link()
    {
        ManifestFile plain = Reading.File("host.json", "{}");
        string Hash(params ManifestFile[] files) => new FunctionAppSpec { Package = new FunctionPackage.Folder("x", [.. files]) }.Hash;

        string[] hashes = [Hash(plain), Hash(plain with { Content = "[]"u8.ToArray() }), Hash(plain with { IsExecutable = true }), Hash(plain with { LinkedFrom = "a" }), Hash(plain, plain with { Path = "b" })];

        hashes.Should().OnlyHaveUniqueItems();
        Hash(plain).Should().Be(hashes[0]);
    }

    [Fact]
    public void A_link_within_the_folder_stays_one_and_one_that_leads_out_becomes_a_file()
    {
        var source = new ManifestSource("main",
        [
            Reading.File("a.yaml", Reading.FunctionApp("package: orders")),
            Reading.File("orders/host.json", "{}"),
            Reading.File("orders/in", "1") with { LinkedFrom = "orders/host.json" },
            Reading.File("orders/out", "2") with { LinkedFrom = "shared/out" },
        ]);

        var app = ManifestReader.Read(RegisteredKinds.All.Manifests, "r", [source], new(Reading.Till)).App();

        Package(app).Files.ToDictionary(f => f.Path, f => f.LinkedFrom).Should().Equal(
            new Dictionary<string, string?> { ["host.json"] = null, ["in"] = "host.json", ["out"] = null });
    }

    [Fact]
    public void Two_apps_on_one_port_are_refused() =>
        Reading.Files(
            ("apps/a.yaml", Reading.FunctionApp("package: orders\nhttp: {port: 80}") + "---\n" + Reading.FunctionApp("package: orders\nhttp: {port: 80}", "other")), Host)
            .Complaints().Should().Contain("FunctionApp/other and FunctionApp/orders both listen on port 80");

    [Fact]
    public void A_package_that_hangs_on_a_variable_is_checked_for_no_device() =>
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", Reading.FunctionApp("package: apps/${device.name}")), ("apps/till-1/host.json", "{}"))
            .Problems.Should().BeEmpty();

    private static FunctionAppSpec App(string spec, params (string Path, string Text)[] files) => Read(spec, files).App();

    private static ReadResult Read(string spec, params (string Path, string Text)[] files) =>
        Reading.Files([("apps/a.yaml", Reading.FunctionApp(spec)), .. files]);

    private static FunctionPackage.Folder Package(FunctionAppSpec app) => (FunctionPackage.Folder)app.Package;
}
