using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Tests.App;

public sealed class LocalSettingsTests
{
    [Fact]
    public void A_package_with_local_settings_is_refused()
    {
        using var app = new AppFolder();
        app.Write("local.settings.json", "{}");

        app.Failure().Should().Contain("holds secrets and does not belong into a package");
        app.Read(isDevelopment: true).Name.Should().Be("test");
    }

    [Fact]
    public void A_developers_settings_and_port_are_read()
    {
        using var app = new AppFolder();
        app.Write("local.settings.json", """
            {
              "IsEncrypted": false, // a comment
              "Values": { "A": "1", "N": 2, "T": true },
              "Host": { "LocalHttpPort": 7100, "CORS": "*" },
              "ConnectionStrings": { "Sql": "Server=x", "Other": { "ConnectionString": "Server=y", "ProviderName": "z" } },
            }
            """);

        var settings = LocalSettings.Read(app.Path);

        settings.Port.Should().Be(7100);
        settings.Values.Should().Equal(new Dictionary<string, string>
        {
            ["A"] = "1",
            ["ConnectionStrings:Other"] = "Server=y",
            ["ConnectionStrings:Sql"] = "Server=x",
            ["N"] = "2",
            ["T"] = "true",
        });
    }

    [Fact]
    public void Encrypted_settings_are_refused_with_advice()
    {
        using var app = new AppFolder();
        app.Write("local.settings.json", """{ "IsEncrypted": true, "Values": {} }""");

        var read = () => LocalSettings.Read(app.Path);

        read.Should().Throw<AppException>().WithMessage("*func settings decrypt*");
    }

    [Fact]
    public void A_folder_without_the_file_has_no_settings()
    {
        using var app = new AppFolder();

        LocalSettings.Read(app.Path).Values.Should().BeEmpty();
    }
}
