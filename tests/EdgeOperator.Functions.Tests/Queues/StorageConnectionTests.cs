using EdgeOperator.Functions.Queues.Azure;

namespace EdgeOperator.Functions.Tests.Queues;

public class StorageConnectionTests
{
    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net", "https://shop.queue.core.windows.net/")]
    [InlineData("AccountName=shop;AccountKey=c2VjcmV0", "https://shop.queue.core.windows.net/")]
    [InlineData("accountname=shop; accountkey=c2VjcmV0; queueendpoint=http://10.0.0.7:10001/shop/", "http://10.0.0.7:10001/shop")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10001/devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite", "http://azurite:10001/devstoreaccount1")]
    public void The_endpoint_follows_from_it(string text, string endpoint)
    {
        var connection = StorageConnection.Parse(text);
        connection.Endpoint.ToString().Should().Be(endpoint);
        connection.Key.Should().NotBeNull();
    }

    [Fact]
    public void A_signature_stands_for_a_key()
    {
        var connection = StorageConnection.Parse("QueueEndpoint=https://shop.queue.core.windows.net;SharedAccessSignature=?sv=2019&sig=a%3D");
        (connection.Key, connection.Signature).Should().Be((null, "sv=2019&sig=a%3D"));
    }

    [Theory]
    [InlineData("AccountName=shop", "*lacks AccountKey or SharedAccessSignature")]
    [InlineData("AccountKey=c2VjcmV0", "*lacks AccountName or QueueEndpoint")]
    [InlineData("AccountName=shop;AccountKey=not base64!", "*is not Base64")]
    [InlineData("AccountName=shop;AccountKey=c2VjcmV0;QueueEndpoint=ftp://x", "*no http or https address*")]
    public void What_it_lacks_is_told(string text, string message) =>
        FluentActions.Invoking(() => StorageConnection.Parse(text)).Should().Throw<FormatException>().WithMessage(message);
}
