using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Http;

/// <summary>Kestrel's other side without middleware: one method takes every request. Contexts are used again, a connection one.</summary>
internal sealed class MinimalHttpApplication(Func<HttpContext, Task> handle) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
            return new(contextFeatures);

        if (container.HostContext is not { } context)
            return container.HostContext = new(contextFeatures);

        context.Initialize(contextFeatures);
        return context;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => handle(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
