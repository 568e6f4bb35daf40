using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EdgeOperator.Hub.Api;

/// <summary>The document that describes the API (OpenAPI 3.1). It is made of the routes themselves, once, when it is first asked for.</summary>
internal sealed class OpenApiRoutes(IServiceProvider services)
{
    /// <summary>The document's name.</summary>
    public const string Version = "v1";

    private const string Bearer = "bearer";

    private volatile byte[]? _document;

    public IEnumerable<ServiceRoute> Routes => [new("GET", $"openapi/{Version}.json", AnswerAsync) { IsOpen = true }];

    /// <summary>Adds to the document what the types of a route don't tell.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "EdgeOperator hub", Version = Version, Description = "Devices, enrollment and events of a hub. A token comes from POST /api/v1/login." };
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ServiceRoute>().FirstOrDefault() is { Description: { } description } route)
                Describe(operation, route, description, context.Document);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiOperation operation, ServiceRoute route, RouteDescription description, OpenApiDocument? document)
    {
        operation.Summary = description.Summary;
        if (operation.RequestBody is OpenApiRequestBody body)
            body.Required = !description.IsBodyOptional;
        operation.Parameters = [.. RouteDescription.NamesIn(route.Pattern).Select(OfPath), .. description.Query.Select(OfQuery)];
        if (!route.IsOpen)
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
    }

    private static IOpenApiParameter OfPath(string name) =>
        new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static IOpenApiParameter OfQuery(QueryParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Description = parameter.Description,
        Schema = new OpenApiSchema
        {
            Type = parameter.Type switch
            {
                QueryParameterType.Number => JsonSchemaType.Integer,
                QueryParameterType.Flag => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            },
        },
    };

    private async Task AnswerAsync(ServiceRequest request)
    {
        var document = _document ??= await MakeAsync();
        request.Http.Response.ContentType = "application/json";
        await request.Http.Response.Body.WriteAsync(document, request.Aborted);
    }

    private async Task<byte[]> MakeAsync()
    {
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Version);
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return stream.ToArray();
    }
}
