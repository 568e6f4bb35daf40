using System.Net;

namespace EdgeOperator.Functions.Tests.Isolated;

/// <summary>Microsoft's .NET isolated worker with its ASP.NET Core integration: it gets requests by HTTP itself.</summary>
public sealed class WebFunctionTests(WebHost app) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_request_goes_to_the_worker_as_it_came_with_what_it_binds_to()
    {
        using var response = await app.Client.PostAsync("api/web/hello/7?name=Z", new StringContent("grüße"));

        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        response.Headers.GetValues("x-id").Should().Equal("7");
        response.Headers.GetValues("x-length").Should().Equal("5");
        (await response.Content.ReadAsStringAsync()).Should().Be("Hello, Z.");
    }

    [Fact]
    public async Task An_answer_without_a_body_is_passed_on()
    {
        using var response = await app.Client.GetAsync("api/web/nothing");

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
    }
}
