using EdgeOperator.Agent.Kinds.EdgeModule.Images;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

/// <summary>Messages as engines and registries have been seen to write them.</summary>
public class PullFailureTests
{
    [Theory]
    [InlineData("manifest for 127.0.0.1:5000/web:2 not found: manifest unknown: manifest unknown", "ImageNotFound")]
    [InlineData("pull access denied for nobody/nothing, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", "RegistryUnauthorized")]
    [InlineData("Get \"http://127.0.0.1:5000/v2/web/manifests/1\": no basic auth credentials", "RegistryUnauthorized")]
    [InlineData("unauthorized: authentication required", "RegistryUnauthorized")]
    [InlineData("Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused", "RegistryUnreachable")]
    [InlineData("Get \"https://registry.example/v2/\": dial tcp: lookup registry.example on 10.0.0.53:53: no such host", "RegistryUnreachable")]
    [InlineData("Get \"https://registry-1.docker.io/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)", "RegistryUnreachable")]
    [InlineData("unexpected EOF", "RegistryUnreachable")]
    [InlineData("Get \"https://r/v2/\": x509: certificate signed by unknown authority", "RegistryUntrusted")]
    [InlineData("Get \"https://r/v2/\": http: server gave HTTP response to HTTPS client", "RegistryUntrusted")]
    [InlineData("no matching manifest for linux/arm64/v8 in the manifest list entries", "NoImageForPlatform")]
    [InlineData("toomanyrequests: You have reached your pull rate limit.", "RegistryRateLimited")]
    [InlineData("failed to register layer: Error processing tar file(exit status 1): write /big: no space left on device", "DiskFull")]
    [InlineData("the moon is in the way", "PullFailed")]
    public void The_reason_is_told_by_the_words(string message, string reason)
    {
        var failure = PullFailure.Classify("web:1", message);

        failure.Reason.Should().Be(reason);
        failure.Message.Should().Be($"web:1 could not be pulled: {message}");
    }

    [Fact]
    public void A_registry_that_limits_its_users_is_given_time() =>
        PullFailure.Classify("web:1", "toomanyrequests").After.Should().Be(TimeSpan.FromMinutes(5));
}
