namespace EdgeOperator.Hub.Rest;

/// <summary>All routes that requests are looked up in, in this order: fixed names before <c>{}</c>.</summary>
internal sealed record RouteTable(IReadOnlyList<ServiceRoute> All);

/// <summary>The routes of the service API as IoT Hub has them, in the order in which they are looked at.</summary>
internal sealed class ServiceRoutes(
    RegistryRoutes registry, TwinRoutes twins, MessagingRoutes messaging, DeploymentRoutes deployments, ConfigurationRoutes configurations, JobRoutes jobs, BulkRoutes bulk, FeedbackRoutes feedback, EnrollmentRoutes enrollments, EnrollmentQueryRoutes enrollmentQueries)
{
    public IReadOnlyList<ServiceRoute> All { get; } =
        [.. twins.Routes, .. registry.Routes, .. messaging.Routes, .. deployments.Routes, .. configurations.Routes, .. jobs.Routes, .. bulk.Routes, .. feedback.Routes, .. enrollments.Routes, .. enrollmentQueries.Routes];
}
