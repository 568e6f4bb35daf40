using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Http;

public sealed class KeyStoreTests : IDisposable
{
    private const string Long = "a-key-that-is-long-enough";

    private readonly TempFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder, "keys.json");

    [Fact]
    public void The_first_start_makes_a_master_key_and_a_default_host_key() => new KeyStore(Path).List().Should().BeEquivalentTo(
        [new KeyReport("master", "_master", null), new KeyReport("host", "default", null)]);

    [Fact]
    public void A_key_opens_what_its_scope_says()
    {
        var keys = new KeyStore(Path);
        var master = keys.Set(KeyScope.Master, KeyStore.MasterName, null).Value;
        var host = keys.Set(KeyScope.Host, "default", null).Value;
        var own = keys.Set(KeyScope.Of("Hello"), "client", null).Value;
        var system = keys.Set(KeyScope.System, "extension", null).Value;

        keys.LevelOf(master, "hello").Should().Be(AuthLevel.Admin);
        keys.LevelOf(host, "hello").Should().Be(AuthLevel.Function);
        keys.LevelOf(own, "hello").Should().Be(AuthLevel.Function);
        keys.LevelOf(own, "other").Should().Be(AuthLevel.Anonymous);
        keys.LevelOf(system, "hello").Should().Be(AuthLevel.Anonymous);
        keys.LevelOf("wrong", "hello").Should().Be(AuthLevel.Anonymous);
        keys.LevelOf(null, "hello").Should().Be(AuthLevel.Anonymous);
    }

    [Fact]
    public void Keys_survive_a_restart_as_hashes_alone()
    {
        var (value, isNew) = new KeyStore(Path).Set(KeyScope.Host, "client", null);

        isNew.Should().BeTrue();
        new KeyStore(Path).LevelOf(value, null).Should().Be(AuthLevel.Function);
        File.ReadAllText(Path).Should().NotContain(value);
        File.GetUnixFileMode(Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_rotated_key_ends_the_old_one()
    {
        var keys = new KeyStore(Path);
        var old = keys.Set(KeyScope.Host, "client", null).Value;
        var (next, isNew) = keys.Set(KeyScope.Host, "CLIENT", null);

        isNew.Should().BeFalse();
        keys.LevelOf(old, null).Should().Be(AuthLevel.Anonymous);
        keys.LevelOf(next, null).Should().Be(AuthLevel.Function);
    }

    [Fact]
    public void A_deleted_key_opens_nothing()
    {
        var keys = new KeyStore(Path);
        var value = keys.Set(KeyScope.Host, "client", null).Value;

        keys.Delete(KeyScope.Host, "client").Should().BeTrue();
        keys.Delete(KeyScope.Host, "client").Should().BeFalse();
        keys.LevelOf(value, null).Should().Be(AuthLevel.Anonymous);
    }

    [Fact]
    public void The_manifests_keys_win_and_are_not_stored()
    {
        var keys = new KeyStore(Path);
        var stored = keys.Set(KeyScope.Host, "client", null).Value;
        keys.Use(Request("client", "from the manifest") with { MasterKey = "its master key" });

        keys.LevelOf(stored, null).Should().Be(AuthLevel.Anonymous);
        keys.LevelOf("from the manifest", null).Should().Be(AuthLevel.Function);
        keys.LevelOf("its master key", null).Should().Be(AuthLevel.Admin);
        keys.Invoking(k => k.Set(KeyScope.Host, "client", null)).Should().Throw<KeyRefusedException>().WithMessage("*manifest*");
        keys.Invoking(k => k.Delete(KeyScope.Host, "client")).Should().Throw<KeyRefusedException>();

        keys.Use(Request("other", "another"));
        keys.LevelOf(stored, null).Should().Be(AuthLevel.Function);
        keys.LevelOf("from the manifest", null).Should().Be(AuthLevel.Anonymous);
    }

    [Fact]
    public void A_short_value_is_refused_and_a_long_one_is_taken()
    {
        var keys = new KeyStore(Path);

        keys.Invoking(k => k.Set(KeyScope.Host, "client", "short")).Should().Throw<KeyRefusedException>().WithMessage("*20 characters*");
        keys.Set(KeyScope.Host, "client", Long).Value.Should().Be(Long);
    }

    [Fact]
    public void The_master_key_can_be_made_anew_but_not_deleted() =>
        new KeyStore(Path).Invoking(k => k.Delete(KeyScope.Master, KeyStore.MasterName)).Should().Throw<KeyRefusedException>();

    [Fact]
    public void A_damaged_file_is_told_with_its_path()
    {
        File.WriteAllText(Path, "{");

        FluentActions.Invoking(() => new KeyStore(Path)).Should().Throw<IOException>().WithMessage($"*{Path}*");
    }

    [Theory]
    [MemberData(nameof(AllDamages))]
    public void With_both_copies_damaged_nothing_is_opened_and_no_key_is_made_in_their_place(Damage damage)
    {
        var (value, _) = new KeyStore(Path).Set(KeyScope.Host, "mine", null);
        damage.Apply(Path);
        damage.Apply(Path + ".copy");

        if (damage == Damage.Missing)
            new KeyStore(Path).LevelOf(value, null).Should().Be(AuthLevel.Anonymous);
        else
            FluentActions.Invoking(() => new KeyStore(Path)).Should().Throw<IOException>().WithMessage($"*{Path}*to begin with new keys*");
    }

    [Theory]
    [InlineData("""[{"kind":"Master","name":"_master","hash":""}]""")]
    [InlineData("""[{"kind":"Master","name":"_master","hash":null}]""")]
    [InlineData("""[{"kind":"Host","name":null,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]""")]
    [InlineData("""[{"kind":"Function","name":"f","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]""")]
    [InlineData("[null]")]
    [InlineData("{}")]
    public void A_file_that_is_json_and_yet_lacks_a_part_opens_nothing(string json)
    {
        File.WriteAllText(Path, json);

        FluentActions.Invoking(() => new KeyStore(Path)).Should().Throw<IOException>().WithMessage($"*{Path}*");
    }

    [Theory]
    [MemberData(nameof(AllDamages))]
    public void One_damaged_copy_costs_no_key(Damage damage)
    {
        var (value, _) = new KeyStore(Path).Set(KeyScope.Host, "mine", null);

        foreach (var copy in (string[])[Path, Path + ".copy"])
        {
            damage.Apply(copy);
            var store = new KeyStore(Path);
            store.List().Should().Contain(k => k.Name == "mine");
            store.Set(KeyScope.Host, "mine", value).IsNew.Should().BeFalse();
        }
    }

    public static TheoryData<Damage> AllDamages => [.. Damages.All];

    public void Dispose() => _folder.Dispose();

    private static AppRequest Request(string name, string value) => new()
    {
        App = "app",
        Generation = "g",
        Folder = "/app",
        HostKeys = ImmutableSortedDictionary<string, string>.Empty.Add(name, value),
    };
}
