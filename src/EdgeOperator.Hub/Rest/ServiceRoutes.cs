namespace EdgeOperator.Hub.Rest;

/// <summary>All routes of the service API, in the order in which they are looked at: fixed names before <c>{}</c>.</summary>
internal sealed class ServiceRoutes(
    RegistryRoutes registry, TwinRoutes twins, MessagingRoutes messaging, DeploymentRoutes deployments, EnrollmentRoutes enrollments, OperatorRoutes operators)
{
    public IReadOnlyList<ServiceRoute> All { get; } =
        [.. twins.Routes, .. registry.Routes, .. messaging.Routes, .. deployments.Routes, .. enrollments.Routes, .. operators.Routes];
}
