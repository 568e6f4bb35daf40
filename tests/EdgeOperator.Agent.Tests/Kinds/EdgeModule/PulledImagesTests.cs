using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public sealed class PulledImagesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_pulled_is_known_after_a_restart()
    {
        var images = new PulledImages(_folder);
        images.Add("sha256:1", "web:1");
        images.Add("sha256:1", "web:latest");
        images.Add("sha256:1", "web:1");
        images.Add("sha256:2", "db:1");
        images.Remove("sha256:2");

        var again = new PulledImages(_folder);

        again.Ids.Should().BeEquivalentTo("sha256:1");
        again.ReferencesOf("sha256:1").Should().Equal("web:1", "web:latest");
        again.ReferencesOf("sha256:2").Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"sha256:1\":")]
    [InlineData("{\"sha256:1\": 5}")]
    [InlineData("{\"sha256:1\": null}")]
    public void A_damaged_file_means_that_images_stay(string content)
    {
        _folder.Write("images.json", content);

        var images = new PulledImages(_folder);

        images.Ids.Should().BeEmpty();
        images.Add("sha256:2", "db:1");
        new PulledImages(_folder).Ids.Should().BeEquivalentTo("sha256:2");
    }

    [Fact]
    public void A_folder_in_its_place_is_moved_aside()
    {
        Directory.CreateDirectory(_folder.File("images.json"));

        new PulledImages(_folder).Add("sha256:2", "db:1");

        new PulledImages(_folder).Ids.Should().BeEquivalentTo("sha256:2");
    }

    [Fact]
    public void The_state_directory_is_made_when_it_is_missing()
    {
        new PulledImages($"{_folder}/state").Add("sha256:1", "web:1");

        new PulledImages($"{_folder}/state").Ids.Should().BeEquivalentTo("sha256:1");
    }
}
