using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>The provisioning service over HTTPS, for devices.</summary>
internal sealed class ProvisioningApi(IdScope scope, Attestations attestations, DeviceProvisioning provisioning, TimeProvider time)
{
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
            var unavailable = new ServiceException(ServiceError.ServiceUnavailable, "the hub's store can't be used now: try again later");
            await JsonAnswer.WriteAsync(http.Response, unavailable.Status, ProvisioningAnswers.Error(unavailable, time));
        }
    }

    private async Task AnswerAsync(HttpContext http, string[] path, Attestation attestation)
    {
        switch (http.Request.Method, path[3..])
        {
            case ("PUT", ["register"]):
                await provisioning.RegisterAsync(attestation, http.RequestAborted);
                http.Response.Headers.RetryAfter = $"{ProvisioningAnswers.RetryAfter}";
                await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status202Accepted, ProvisioningAnswers.Assigning(attestation.RegistrationId));
                break;
            case ("GET", ["operations", var operation]) when ProvisioningAnswers.IsOf(operation, attestation.RegistrationId):
                await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, ProvisioningAnswers.Assigned(operation, await StateAsync(attestation, http.RequestAborted)));
                break;
            case ("POST", []):
                await JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, await StateAsync(attestation, http.RequestAborted));
                break;
            default:
                throw new ServiceException(ServiceError.ResourceNotFound, "there is no such operation");
        }
    }

    private async Task<System.Text.Json.Nodes.JsonObject> StateAsync(Attestation attestation, CancellationToken cancellation) =>
        await provisioning.FindAsync(attestation.RegistrationId, cancellation) ?? throw new ServiceException(ServiceError.ResourceNotFound, "the device has not been registered");

    private async Task<Attestation?> AttestAsync(HttpContext http, string registrationId)
    {
        X509Certificate2? certificate = await http.Connection.GetClientCertificateAsync(http.RequestAborted);
        return await attestations.AttestAsync(scope.Value, registrationId, http.Request.Headers.Authorization.ToString(), certificate, http.RequestAborted);
    }
}
