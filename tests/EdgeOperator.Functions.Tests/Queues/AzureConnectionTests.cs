using EdgeOperator.Functions.Queues.Azure;

namespace EdgeOperator.Functions.Tests.Queues;

public class AzureConnectionTests
{
    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net", "shop.queue.core.windows.net")]
    [InlineData("AccountName=shop;AccountKey=c2VjcmV0", "shop.queue.core.windows.net")]
    [InlineData("accountname=shop; accountkey=c2VjcmV0; queueendpoint=http://10.0.0.7:10001/shop/", "10.0.0.7:10001/shop")]
    [InlineData("UseDevelopmentStorage=true", "127.0.0.1:10001/devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite", "azurite:10001/devstoreaccount1")]
    [InlineData("QueueEndpoint=https://shop.queue.core.windows.net;SharedAccessSignature=?sv=2019&sig=a%3D", "shop.queue.core.windows.net")]
    [InlineData("QueueEndpoint=https://shop.queue.core.windows.net/;SharedAccessSignature=sv=2019&sig=a%3D", "shop.queue.core.windows.net")]
    public void The_account_s_address_follows_from_it(string connection, string id) => new AzureQueues(connection).Id.Should().Be(id);

    [Theory]
    [InlineData("AccountName=shop")]
    [InlineData("AccountKey=c2VjcmV0")]
    [InlineData("AccountName=shop;AccountKey=no base64!")]
    [InlineData("AccountName=shop;AccountKey=c2VjcmV0;QueueEndpoint=ftp://x")]
    [InlineData("AccountName=shop;AccountKey=c2VjcmV0;QueueEndpoint=nonsense")]
    [InlineData("BlobEndpoint=http://127.0.0.1/x;SharedAccessSignature=sig=c2VjcmV0")]
    [InlineData("nonsense")]
    [InlineData("=")]
    [InlineData(" ")]
    public void One_that_can_not_be_used_is_told_without_repeating_it(string connection) =>
        FluentActions.Invoking(() => AzureQueues.Check(connection)).Should().Throw<FormatException>()
            .WithMessage("The connection string of the storage account can't be used for queues: it needs AccountName or QueueEndpoint *").Which.ToString().Should().NotContain("c2VjcmV0");
}
