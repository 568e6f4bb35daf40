using System.Text.Json.Nodes;
using EdgeOperator.Hub.Provisioning;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Api;

/// <param name="Csr">A certificate request in PEM.</param>
/// <param name="Info">What the device says of itself, for the operator who decides.</param>
internal sealed record EnrollmentBody(string DeviceId, string Csr, JsonObject? Info = null);

/// <param name="Labels">Become <c>tags.labels</c> of the device's twin.</param>
internal sealed record ApprovalBody(JsonObject? Labels = null);

internal sealed record RenewalBody(string Csr);

/// <param name="Certificate">In PEM.</param>
internal sealed record RenewalAnswer(string Certificate);

/// <param name="State"><c>Pending</c>, <c>Approved</c> or <c>Denied</c>.</param>
/// <param name="Certificate">In PEM, once it is approved.</param>
internal sealed record EnrollmentAnswer(string Id, string DeviceId, string State, DateTime Created, JsonObject? Info, string? Certificate);

/// <summary>Enrollment by approval: devices ask and renew, operators decide.</summary>
internal sealed class EnrollmentRequestRoutes(EnrollmentRequests requests)
{
    private const string One = "enrollments/{request}";

    private static readonly string[] States = ["Pending", "Approved", "Denied"];

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Send<EnrollmentBody, EnrollmentAnswer>("POST", "enrollments", "Ask to join, as a device with a key of its own", SubmitAsync, StatusCodes.Status202Accepted) with { IsOpen = true },
        ApiRoute.Get(One, "How a request stands; the device's certificate once it is approved", ReadAsync) with { IsOpen = true },
        ApiRoute.Send<RenewalBody, RenewalAnswer>("POST", "certificate", "Renew a device's certificate, which is the client's", RenewAsync) with { IsOpen = true },
        ApiRoute.Get(
            "enrollments", "Requests to join, in the order of their ids", ListAsync,
            new("state", "Only these: Pending, Approved, Denied"),
            new("after", "The id of the last one that is known"),
            ListPage.LimitParameter),
        ApiRoute.Offer<ApprovalBody, EnrollmentAnswer>("POST", One + "/approve", "Let a device join: it is registered, and its certificate signed", ApproveAsync),
        ApiRoute.Do("POST", One + "/deny", "Refuse a device", request => requests.DenyAsync(request.Path[3], request.Need(Rights.Operate), request.Aborted)),
    ];

    private async Task<EnrollmentAnswer> SubmitAsync(ServiceRequest request, EnrollmentBody body) =>
        Answer(await requests.SubmitAsync(body.DeviceId, body.Csr, body.Info, request.Aborted));

    private async Task<EnrollmentAnswer> ReadAsync(ServiceRequest request) => Answer(
        await requests.FindAsync(request.Path[3], request.Aborted) ?? throw new ServiceException(ServiceError.ResourceNotFound, "there is no such enrollment request"));

    private async Task<RenewalAnswer> RenewAsync(ServiceRequest request, RenewalBody body)
    {
        var certificate = await request.Http.Connection.GetClientCertificateAsync(request.Aborted) ?? throw ServiceRequest.Denied();
        return new(await requests.RenewAsync(certificate, body.Csr, request.Aborted));
    }

    private async Task<EnrollmentAnswer[]> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.Operate | Rights.View);
        var state = ApiRoute.Text(request, "state") is not { } text ? null
            : States.FirstOrDefault(s => s.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? throw new ServiceException(ServiceError.ArgumentInvalid, $"state is none of {string.Join(", ", States)}");
        var page = ListPage.Of(request, "after");
        return await requests.AllAsync(state, page.After, page.Limit, request.Aborted).Take(page.Limit).Select(Answer).ToArrayAsync(request.Aborted);
    }

    private async Task<EnrollmentAnswer> ApproveAsync(ServiceRequest request, ApprovalBody? body) =>
        Answer(await requests.ApproveAsync(request.Path[3], body?.Labels, request.Need(Rights.Operate), request.Aborted));

    private static EnrollmentAnswer Answer(EnrollmentRequest request) => new(request.Id, request.DeviceId, request.State, request.Created.UtcDateTime, request.Info, request.Certificate);
}
