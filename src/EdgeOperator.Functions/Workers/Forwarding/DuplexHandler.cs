namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>Lets answers begin before the request's body has ended: <see cref="DuplexBody"/>.</summary>
internal sealed class DuplexHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var exchange = Exchange.Current ?? throw new InvalidOperationException("a request to a worker outside of an exchange");
        if (request.Content is null)
        {
            request.Content = exchange.ContentHeaders is { } headers ? new NoBody(headers) : null;
            return await base.SendAsync(request, cancellationToken);
        }

        request.Content = new DuplexBody(request.Content, exchange, cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (exchange.IsSending)
        {
            response.Content = new EarlyAnswer(response.Content, exchange);
        }

        return response;
    }

    private sealed class NoBody : ByteArrayContent
    {
        public NoBody(List<KeyValuePair<string, string?[]>> headers)
            : base([])
        {
            foreach (var (name, values) in headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }
}
