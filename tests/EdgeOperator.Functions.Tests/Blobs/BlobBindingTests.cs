using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Loading;

namespace EdgeOperator.Functions.Tests.Blobs;

public sealed class BlobBindingTests : IAsyncLifetime
{
    private readonly BlobFolder _folder = new();

    public Task InitializeAsync() => _folder.InitializeAsync();

    public Task DisposeAsync() => _folder.DisposeAsync();

    public static TheoryData<Value, string?> Values() => new()
    {
        { new Value.Text("plain"), "plain" },
        { new Value.Bytes("bytes"u8.ToArray()), "bytes" },
        { new Value.Json(JsonNode.Parse("\"text\"")), "text" },
        { new Value.Json(JsonNode.Parse("""{"a":"é"}""")), """{"a":"é"}""" },
        { new Value.Json(JsonNode.Parse("[1,2]")), "[1,2]" },
        { new Value.Json(null), null },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_the_content_and_null_writes_nothing(Value value, string? content)
    {
        var output = new BlobOutput(App(), new(_folder.Blobs));
        var binding = Binding(BindingDirection.Out, "files/a");
        output.Handles(binding).Should().BeTrue();

        await output.WriteAsync(binding, value, [], default);

        (await _folder.ReadAsync("files/a")).Should().Be(content);
    }

    [Fact]
    public async Task A_path_may_be_named_as_the_isolated_worker_does()
    {
        await _folder.WriteAsync("files/a", "x");
        var binding = new Binding("x", "blob", BindingDirection.In, new JsonObject { ["blobPath"] = "files/a" });

        BindingReader.Check([new("t", "timerTrigger", BindingDirection.In, []), binding], ImmutableSortedDictionary<string, string>.Empty).Should().HaveCount(2);
        (await new BlobInput(App(), new(_folder.Blobs)).ReadAsync(binding, default)).Should().NotBeNull();
    }

    [Fact]
    public async Task An_input_is_text_or_bytes_as_its_binding_says_and_nothing_for_a_missing_blob()
    {
        await _folder.WriteAsync("files/a", "grüße");
        var input = new BlobInput(App(), new(_folder.Blobs));

        (await input.ReadAsync(Binding(BindingDirection.In, "files/a", "string"), default)).Should().Be(new Value.Text("grüße"));
        foreach (var type in (string?[])[null, "binary", "stream"])
        {
            var read = await input.ReadAsync(Binding(BindingDirection.In, "files/a", type), default);
            Encoding.UTF8.GetString(read.Should().BeOfType<Value.Bytes>().Subject.Content.Span).Should().Be("grüße");
        }

        (await input.ReadAsync(Binding(BindingDirection.In, "files/b"), default)).Should().BeNull();
    }

    [Fact]
    public async Task A_name_from_a_request_can_not_lead_elsewhere()
    {
        var output = new BlobOutput(App(), new(_folder.Blobs));

        await FluentActions.Awaiting(() => output.WriteAsync(Binding(BindingDirection.Out, "files/../../../etc/passwd"), new Value.Text("x"), [], default))
            .Should().ThrowAsync<IOException>().WithMessage("The output x is not written:*no segment of it is . or ..");
    }

    [Fact]
    public async Task A_blob_that_is_too_large_is_refused() =>
        await FluentActions.Awaiting(() => _folder.Store.WriteAsync(BlobPath.Parse("files/a"), new byte[Blob.MaxBytes + 1], default))
            .Should().ThrowAsync<IOException>().WithMessage("The blob files/a has 104857601 bytes; a binding carries at most 104857600");

    [Theory]
    [InlineData("True", "UseDevelopmentStorage=true", true)]
    [InlineData("True", null, false)]
    [InlineData("False", "UseDevelopmentStorage=true", false)]
    public void A_worker_opens_a_blob_itself_where_its_binding_and_the_account_allow_it(string deferred, string? account, bool isReference)
    {
        var binding = Binding(BindingDirection.In, "files/a");
        binding.Properties["properties"] = new JsonObject { ["supportsDeferredBinding"] = deferred };

        var value = BlobStores.Reference(App(account), binding, BlobPath.Parse("files/a/b"));

        (value as Value.Model)?.Content.ToJsonString().Should().Be("""{"Connection":"AzureWebJobsStorage","ContainerName":"files","BlobName":"a/b"}""");
        (value is not null).Should().Be(isReference);
    }

    private static FunctionApp App(string? account = null) => new()
    {
        Name = "app",
        Folder = "/app",
        Host = new(),
        Worker = "custom",
        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("AzureWebJobsStorage", account ?? ""),
    };

    private static Binding Binding(BindingDirection direction, string path, string? type = null) =>
        new("x", "blob", direction, new JsonObject { ["path"] = path, ["dataType"] = type });
}
