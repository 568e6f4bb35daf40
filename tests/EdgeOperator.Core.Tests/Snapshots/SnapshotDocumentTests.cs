using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Snapshots;

public class SnapshotDocumentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] BuiltIn = ["ObservedContainer", "ObservedEngine", "ObservedImage", "ObservedConfigFile", "ObservedFunctionApp", "ObservedVirtualMachine"];

    [Fact]
    public void It_has_what_each_kind_keeps_of_its_own()
    {
        var published = new PublishedPackages(ImmutableSortedDictionary<string, PublishedPackage>.Empty.Add("orders", new("d1", 7, "abc", IsConcluded: true)));

        var read = Read(Of(ObservedState.Nothing.With(published)));

        read.Observed.Part<PublishedPackages>()!.Packages.Should().Equal(published.Packages);
    }

    [Fact]
    public void Every_kind_that_observes_something_of_its_own_says_how_it_is_written() => typeof(ObservedState).Assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith("EdgeOperator.Core.Kinds.", StringComparison.Ordinal) == true && type.Name.StartsWith("Observed", StringComparison.Ordinal) && !type.IsNested && type.IsClass)
        .Where(type => !BuiltIn.Contains(type.Name))
        .Where(type => AllKinds.All(kind => kind.Part is not { } part || !Uses(part.Type, type)))
        .Select(type => type.FullName).Should().BeEmpty("a kind's Part has it in the snapshot");

    [Fact]
    public void It_has_neither_what_programs_have_printed_nor_secrets()
    {
        var container = Given.Container(Given.Module("web", "app:1")) with { HealthDetail = "login with s3cret failed", LastLines = ["s3cret"] };
        var observed = ObservedState.Nothing with
        {
            Engine = new() { Containers = [container] },
            GuestEngines = ObservedState.Nothing.GuestEngines.Add("vm", new() { Containers = [container] }),
            Apps = ObservedState.Nothing.Apps.Add("orders", new()
            {
                Name = "orders",
                Report = new() { App = "orders", Version = "1", Functions = [new("f", "httpTrigger", false, null, null, 1, 1, Now, "the password is s3cret")] },
            }),
            Machines = ObservedState.Nothing.Machines.Add("vm", new()
            {
                Name = "vm",
                Driver = MachineDriver.Qemu,
                Applied = new() { Image = new("https://user:s3cret@images.example.com/a.img", "abc") },
            }),
        };
        var device = new DeviceIdentity("till-17", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty
            .Add("registryPassword", "s3cret").Add("upstream", "amqp://me:s3cret@broker").Add("site", "berlin"));
        var backOff = ImmutableDictionary<ResourceId, BackOff>.Empty.Add(new("EdgeModule", "web"), new("h", 1, Now, "Pull", "https://me:s3cret@registry.example.com refused it"));

        var snapshot = DeviceSnapshot.Of(RegisteredKinds.All, device, observed, RevisionLedger.Empty, null, backOff, Now);

        Encoding.UTF8.GetString(SnapshotDocument.Write(snapshot, RegisteredKinds.All)).Should().NotContain("s3cret");
        snapshot.HiddenVars.Should().Equal("registryPassword", "upstream");
        snapshot.Device.Vars["site"].Should().Be("berlin");
    }

    [Fact]
    public void What_a_newer_agent_adds_is_left_out()
    {
        var json = JsonNode.Parse(SnapshotDocument.Write(Of(ObservedState.Nothing), RegisteredKinds.All))!.AsObject();
        json["weather"] = "fine";
        json["parts"]!["lamps"] = new JsonObject { ["a"] = "red" };

        Read(json).Device.Name.Should().Be("till-17");
    }

    [Theory]
    [InlineData("""{"version": 2}""")]
    [InlineData("""{"engine": {"containers": [null]}}""")]
    [InlineData("""{"engine": {"containers": [{"id": "x"}]}}""")]
    [InlineData("""{"inventory": {"suspended": ["web"]}}""")]
    [InlineData("""{"files": {"/etc/motd": null}}""")]
    [InlineData("""{"device": null}""")]
    [InlineData("""{"device": {"name": "till-17"}}""")]
    [InlineData("""{"engine": {"containers": [{"id": "x", "name": "x", "image": "x", "imageId": "x", "phase": "Running", "changedSettings": [{}]}]}}""")]
    [InlineData("""{"engine": {"images": {"app:1": {"id": "x"}}}}""")]
    [InlineData("""{"hiddenVars": [["x"]]}""")]
    [InlineData("""{"parts": {"publishedPackages": 1}}""")]
    public void What_is_no_snapshot_is_refused(string difference)
    {
        var json = JsonNode.Parse(SnapshotDocument.Write(Of(ObservedState.Nothing), RegisteredKinds.All))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(difference)!.AsObject().ToArray())
            json[name] = value?.DeepClone();

        var check = () => SnapshotDocument.Checked(Encoding.UTF8.GetBytes(json.ToJsonString()), RegisteredKinds.All);

        check.Should().Throw<JsonException>();
    }

    [Theory]
    [InlineData("engine")]
    [InlineData("device")]
    [InlineData("inventory")]
    [InlineData("files")]
    [InlineData("hiddenVars")]
    [InlineData("now")]
    public void It_is_refused_without_any_of_its_parts(string name)
    {
        var json = JsonNode.Parse(SnapshotDocument.Write(Of(ObservedState.Nothing), RegisteredKinds.All))!.AsObject();
        json.Remove(name);

        var check = () => SnapshotDocument.Checked(Encoding.UTF8.GetBytes(json.ToJsonString()), RegisteredKinds.All);

        check.Should().Throw<JsonException>();
    }

    private static IEnumerable<Kind> AllKinds => typeof(Kind).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Kind)) && !type.IsAbstract).Select(type => (Kind)Activator.CreateInstance(type, nonPublic: true)!);

    private static bool Uses(Type part, Type type) => part == type || part.GetProperties().Any(p => p.PropertyType == type || p.PropertyType.GetGenericArguments().Contains(type));

    private static DeviceSnapshot Of(ObservedState observed) => DeviceSnapshot.Of(
        RegisteredKinds.All, new("till-17", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty), observed, RevisionLedger.Empty, null, ImmutableDictionary<ResourceId, BackOff>.Empty, Now);

    private static DeviceSnapshot Read(JsonNode json) => SnapshotDocument.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), RegisteredKinds.All);

    private static DeviceSnapshot Read(DeviceSnapshot snapshot) => SnapshotDocument.Read(SnapshotDocument.Write(snapshot, RegisteredKinds.All), RegisteredKinds.All);
}
