using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Loading;

public sealed class SecretSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public SecretSettingsTests() => _folder.Write("app/host.json", """{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "run"}}}""");

    [Fact]
    public void Settings_of_the_file_in_memory_are_settings_like_others() =>
        AppReader.Read(Request(_folder.Write("settings.json", """{"KEY": "hunter2"}"""))).Settings.Should().Contain("KEY", "hunter2").And.Contain("A", "1");

    [Theory]
    [InlineData("")]
    [InlineData("[\"hunter2\"]")]
    [InlineData("{\"KEY\": {\"hunter2\": 1}}")]
    public void A_file_that_is_none_is_told_of_and_not_quoted(string text) =>
        FluentActions.Invoking(() => AppReader.Read(Request(_folder.Write("settings.json", text)))).Should().Throw<AppException>()
            .WithMessage("The app's secret settings can't be read from *").Which.Message.Should().NotContain("hunter2");

    [Fact]
    public void A_file_that_is_gone_is_told_of() =>
        FluentActions.Invoking(() => AppReader.Read(Request("/nowhere/settings.json"))).Should().Throw<AppException>().WithMessage("The app's secret settings can't be read from /nowhere/settings.json*");

    public void Dispose() => _folder.Dispose();

    private AppRequest Request(string secrets) => new()
    {
        App = "orders",
        Generation = "1",
        Folder = Path.Combine(_folder, "app"),
        Settings = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("A", "1"),
        SecretSettings = secrets,
    };
}
