using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds;

/// <summary>A field that the hash forgot would never take effect.</summary>
public sealed class SpecHashTests
{
    [Fact]
    public void Every_field_of_a_file_counts() => Forgotten<ConfigFileSpec>(spec => spec.Hash).Should().BeEmpty();

    [Fact]
    public void Every_field_of_a_function_app_counts_but_where_its_package_comes_from()
    {
        // The latter two say how a source reads a file: what is refused is in no package, and nothing in one is a manifest.
        string[] others = ["Package.Path", $"Package.Files[0].{nameof(ManifestFile.Refused)}", $"Package.Files[0].{nameof(ManifestFile.IsManifest)}"];

        Forgotten<FunctionAppSpec>(spec => spec.Hash).Should().BeEquivalentTo(others);
    }

    [Fact]
    public void Every_field_of_a_virtual_machine_counts_but_where_its_image_comes_from() =>
        Forgotten<VirtualMachineSpec>(spec => spec.Hash).Should().BeEquivalentTo("Shape.Image.Location");

    [Fact]
    public void Every_field_of_provisioning_counts() => Forgotten<MachineProvisioning>(provisioning => provisioning.Hash).Should().BeEmpty();

    [Fact]
    public void Of_a_module_counts_what_takes_a_new_container()
    {
        // The engine's request, which names the image, networks and volumes as well; the agent acts on the rest without a new container.
        string[] others =
        [
            nameof(EdgeModuleSpec.Name), nameof(EdgeModuleSpec.Image), $"{nameof(EdgeModuleSpec.Networks)}[]", $"{nameof(EdgeModuleSpec.Networks)}[0]",
            $"{nameof(EdgeModuleSpec.Volumes)}[]", $"{nameof(EdgeModuleSpec.Volumes)}[0]", nameof(EdgeModuleSpec.PullPolicy), nameof(EdgeModuleSpec.Restart),
            nameof(EdgeModuleSpec.Power), nameof(EdgeModuleSpec.StartupOrder), nameof(EdgeModuleSpec.UpdateStrategy), nameof(EdgeModuleSpec.StableFor),
            nameof(EdgeModuleSpec.StopTimeout), nameof(EdgeModuleSpec.UsesDefaultNetwork), $"{nameof(EdgeModuleSpec.Joins)}[]", $"{nameof(EdgeModuleSpec.Joins)}[0]",
            $"{nameof(EdgeModuleSpec.VolumesFrom)}[]", $"{nameof(EdgeModuleSpec.VolumesFrom)}[0]",
            $"{nameof(EdgeModuleSpec.RegistryLogin)}.{nameof(RegistryLogin.Username)}", $"{nameof(EdgeModuleSpec.RegistryLogin)}.{nameof(RegistryLogin.Password)}",
        ];

        Forgotten<EdgeModuleSpec>(spec => spec.Hash).Where(path => !path.StartsWith("Probe.", StringComparison.Ordinal)).Should().BeEquivalentTo(others);
    }

    [Fact]
    public void A_copy_has_a_hash_of_its_own_and_equal_specs_are_equal_whoever_asked_for_their_hash()
    {
        var spec = Given.File("motd").File;
        var before = spec.Hash;

        (spec with { Mode = 1 }).Hash.Should().NotBe(before);
        (spec with { Mode = spec.Mode }).Should().Be(spec);
        (spec with { Content = new byte[] { 9 } }).ContentHash.Should().NotBe(spec.ContentHash);
    }

    [Fact]
    public void Whatever_a_module_asks_for_the_device_is_made_of_something_else()
    {
        var full = (EdgeModuleSpec)Variants.Full(typeof(EdgeModuleSpec));

        Fingerprints(full).Should().OnlyHaveUniqueItems();

        static IEnumerable<string> Fingerprints(EdgeModuleSpec full) => Variants.Of(full)
            .Where(variant => !variant.Path.Contains('[', StringComparison.Ordinal))
            .Select(variant => Given.Desired(Given.Module("web") with { Container = (EdgeModuleSpec)variant.Variant }).Fingerprint())
            .Append(Given.Desired(Given.Module("web") with { Container = full }).Fingerprint());
    }

    /// <summary>The paths of the fields that change without another hash.</summary>
    private static IEnumerable<string> Forgotten<T>(Func<T, string> hash)
    {
        var full = (T)Variants.Full(typeof(T));
        var known = hash(full);
        var variants = Variants.Of(full).ToList();
        variants.Should().NotBeEmpty();
        return variants.Where(variant => hash((T)variant.Variant) == known).Select(variant => variant.Path);
    }
}
