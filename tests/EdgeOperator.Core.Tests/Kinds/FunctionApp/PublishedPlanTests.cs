using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.FunctionApp;

/// <summary>An app whose package is left to its publishers.</summary>
public class PublishedPlanTests
{
    private static readonly FunctionAppResource Orders = Given.App("orders", with: spec => spec with { Package = new FunctionPackage.Published("shop") });
    private static readonly PublishedPackage First = new("d1", 1, new string('a', 64), IsConcluded: false);
    private static readonly PublishedPackage Second = new("d2", 2, new string('b', 64), IsConcluded: false);

    [Fact]
    public void Before_anything_is_published_the_app_is_as_desired_and_nothing_runs()
    {
        Plan(null, null).ShouldChangeNothing();
        Assess(null, null).Should().BeEquivalentTo(new { Level = ReadinessLevel.Ready, Reason = "NotPublished" });
    }

    [Fact]
    public void What_is_published_is_installed_and_served()
    {
        var app = Resolved(First);
        var plan = Plan(First, null);

        plan.Summary().Should().Equal($"install {app.Id} {app.App.Package.Hash}", $"serve {app.Id} {app.SpecHash}");
        plan.Steps.OfType<ServeApp>().Single().Published.Should().Be(new FunctionPackage.Published("shop", First.Version));
    }

    [Fact]
    public void A_later_package_takes_the_place_of_the_one_that_serves()
    {
        var next = Resolved(Second);

        Plan(Second, Given.Served(Resolved(First))).Summary().Should().Equal($"install {next.Id} {next.App.Package.Hash}", $"serve {next.Id} {next.SpecHash}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Back_off_after_a_package_that_failed_does_not_delay_a_later_one(bool isCommitted)
    {
        var failed = new BackOff(Orders.SpecHash, 3, Given.Now.AddMinutes(4), "NpmFailed", "no such version") { PackageHash = Resolved(First).App.Package.Hash };
        Plan PlanAfter(PublishedPackage package) => Given.PlanFor(
            Given.Desired(Orders), Observed(package, null), Inventory.Empty with { Committed = isCommitted, BackOff = Inventory.Empty.BackOff.Add(Orders.Id, failed) });

        PlanAfter(First).Blocked.Should().ContainSingle().Which.Until.Should().Be(failed.NotBefore);
        var next = PlanAfter(Second);
        next.Blocked.Should().BeEmpty();
        next.Summary().Should().Equal($"install {Orders.Id} {Resolved(Second).App.Package.Hash}", $"serve {Orders.Id} {Resolved(Second).SpecHash}");
        next.Fetches.Single().NotBefore.Should().BeNull();
    }

    [Fact]
    public void That_it_serves_is_noted_once()
    {
        Plan(First, Given.Served(Resolved(First))).Steps.Should().ContainSingle().Which.Should().BeOfType<ConcludeDeployment>().Which.Failure.Should().BeNull();
        Plan(First with { IsConcluded = true }, Given.Served(Resolved(First))).ShouldChangeNothing();
    }

    [Fact]
    public void That_it_can_not_be_loaded_is_noted_with_the_reason()
    {
        var old = Resolved(First).SpecHash;
        var served = Given.Served(Resolved(Second));
        var found = served with { Report = served.Report! with { Serving = old, Failure = "index.js is broken" } };

        Plan(Second, found).Steps.OfType<ConcludeDeployment>().Should().ContainSingle().Which.Failure.Should().Be("index.js is broken");

        // And then the one before it is the one that is to run.
        Plan(First with { IsConcluded = true }, found with { Packages = [Resolved(First).App.Package.Hash] }).Summary().Should().Equal($"serve {Orders.Id} {old}");
    }

    [Fact]
    public void A_pass_is_due_until_all_is_noted_and_served()
    {
        string? Due(PublishedPackage? package, ObservedFunctionApp? found) => PublishedPackages.DueFor(Orders, Observed(package, found));

        Due(null, null).Should().BeNull();
        Due(First, null).Should().NotBeNull();
        Due(First, Given.Served(Resolved(First))).Should().NotBeNull();
        Due(First with { IsConcluded = true }, Given.Served(Resolved(First))).Should().BeNull();
        Due(First with { IsConcluded = true }, Given.Served(Resolved(Second))).Should().NotBeNull();
    }

    [Fact]
    public void A_host_that_was_not_asked_yet_says_nothing_of_a_deployment() =>
        Plan(Second, Given.Served(Resolved(First)) with { Requested = Resolved(Second).SpecHash }).Steps.Should().NotContain(step => step is ConcludeDeployment);

    [Fact]
    public void A_first_package_that_can_not_be_loaded_is_stopped()
    {
        var served = Given.Served(Resolved(First));

        Plan(null, served with { Report = served.Report! with { Serving = null, Failure = "it is broken" } }).Summary().Should().Equal($"stop {Orders.Id}");
    }

    [Fact]
    public void What_serves_is_not_stopped_when_the_store_is_lost()
    {
        Plan(null, Given.Served(Resolved(First))).ShouldChangeNothing();
        Assess(null, Given.Served(Resolved(First))).IsReady.Should().BeTrue();
    }

    [Fact]
    public void The_app_is_ready_when_the_published_package_is_served()
    {
        Assess(First, Given.Served(Resolved(First))).Reason.Should().Be("Serving");
        Assess(Second, Given.Served(Resolved(First))).Reason.Should().Be("Outdated");
    }

    [Fact]
    public void The_same_zip_file_from_elsewhere_is_the_same_package() =>
        new FunctionPackage.Published("shop", First.Version).Hash.Should().Be(new FunctionPackage.Zip("https://example.org/a.zip", First.Version).Hash);

    private static FunctionAppResource Resolved(PublishedPackage package) => PublishedPackages.Resolve(Orders, Observed(package, null))!;

    private static Plan Plan(PublishedPackage? package, ObservedFunctionApp? found) => Given.PlanFor(Given.Desired(Orders), Observed(package, found));

    private static ReadinessReport Assess(PublishedPackage? package, ObservedFunctionApp? found) =>
        Readiness.Assess(RegisteredKinds.All, Given.Desired(Orders), Observed(package, found), [], Given.Now).Single();

    private static ObservedState Observed(PublishedPackage? package, ObservedFunctionApp? found)
    {
        var packages = ImmutableSortedDictionary<string, PublishedPackage>.Empty;
        var device = found is null ? Given.Device() : Given.Device().WithApps(found);
        return device.With(new PublishedPackages(package is null ? packages : packages.Add("shop", package)));
    }
}
