using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>The provisioning service over HTTPS, for devices.</summary>
internal sealed partial class ProvisioningApi(IdScope scope, Attestations attestations, DeviceProvisioning provisioning, TimeProvider time, ILogger<ProvisioningApi> log)
{
    private static readonly Caller Device = new("device", Rights.None);

    public bool Handles(HttpContext http) => ServiceRequest.PathOf(http) is [var first, "registrations", _, ..] && first == scope.Value;

    public async Task AnswerAsync(HttpContext http)
    {
        try
        {
            var path = ServiceRequest.PathOf(http);
            var attestation = await AttestAsync(http, path[2]) ?? throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "Unauthorized");
            await AnswerAsync(http, path, attestation);
        }
        catch (ServiceException e)
        {
            await JsonAnswer.WriteAsync(http.Response, e.Status, ProvisioningAnswers.Error(e, time));
        }
        catch (StoreException)
        {
            var unavailable = ProvisioningAnswers.Unavailable();
            await JsonAnswer.WriteAsync(http.Response, unavailable.Status, ProvisioningAnswers.Error(unavailable, time));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
        }
        catch (Exception e) when (!http.Response.HasStarted && e is not BadHttpRequestException)
        {
            Failed(log, http.Request.Method, e);
            var failure = new ServiceException(ServiceError.ServerError, "the hub failed; its log says how");
            await JsonAnswer.WriteAsync(http.Response, failure.Status, ProvisioningAnswers.Error(failure, time));
        }
    }

    private async Task AnswerAsync(HttpContext http, string[] path, Attestation attestation)
    {
        switch (http.Request.Method, path[3..])
        {
            case ("PUT", ["register"]):
                await CheckBodyAsync(http, path, attestation);
                await provisioning.RegisterAsync(attestation, http.RequestAborted);
                http.Response.Headers.RetryAfter = $"{ProvisioningAnswers.RetryAfter}";
                await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status202Accepted, ProvisioningAnswers.Assigning(attestation.RegistrationId));
                break;
            case ("GET", ["operations", var operation]) when ProvisioningAnswers.IsOf(operation, attestation.RegistrationId):
                await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, ProvisioningAnswers.Assigned(operation, await StateAsync(attestation, http.RequestAborted)));
                break;
            case ("POST", []):
                await CheckBodyAsync(http, path, attestation);
                await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, await StateAsync(attestation, http.RequestAborted));
                break;
            default:
                throw new ServiceException(ServiceError.ResourceNotFound, "there is no such operation");
        }
    }

    /// <exception cref="ServiceException">The body is no JSON object, too large, or about another registration.</exception>
    private static async Task CheckBodyAsync(HttpContext http, string[] path, Attestation attestation)
    {
        // SDKs send one; what is in it, the path has too.
        if (http.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody
            && (await new ServiceRequest(http, path, Device, ServiceRequest.MostOpenBytes).BodyAsync())["registrationId"] is { } named
            && named.ToJsonString() != JsonValue.Create(attestation.RegistrationId)!.ToJsonString())
            throw new ServiceException(ServiceError.ArgumentInvalid, "the body is about another registration than the path");
    }

    private async Task<JsonObject> StateAsync(Attestation attestation, CancellationToken cancellation) =>
        await provisioning.FindAsync(attestation.RegistrationId, cancellation) ?? throw new ServiceException(ServiceError.ResourceNotFound, "the device has not been registered");

    private async Task<Attestation?> AttestAsync(HttpContext http, string registrationId)
    {
        X509Certificate2? certificate = await http.Connection.GetClientCertificateAsync(http.RequestAborted);
        return await attestations.AttestAsync(scope.Value, registrationId, http.Request.Headers.Authorization.ToString(), certificate, http.RequestAborted);
    }
}
