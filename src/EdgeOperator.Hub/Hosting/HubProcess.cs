using System.Net;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Alerts;
using EdgeOperator.Hub.Api;
using EdgeOperator.Hub.Artifacts;
using EdgeOperator.Hub.Configurations;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Figures;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Jobs;
using EdgeOperator.Hub.Methods;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Plans;
using EdgeOperator.Hub.Portal;
using EdgeOperator.Hub.Provisioning;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Remote;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Repositories;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Snapshots;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Telemetry;
using EdgeOperator.Hub.Twins;
using EdgeOperator.Platform.Metrics;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Sockets;
using EdgeOperator.Portal.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EdgeOperator.Hub.Hosting;

/// <summary>The hub as a process: everything is put together here.</summary>
internal static class HubProcess
{
    private const string WebSocketPath = "/$iothub/websocket";

    /// <summary>Devices that are connected get so long to be notified of the end.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Runs until SIGTERM, SIGINT or <paramref name="stop"/>.</summary>
    /// <exception cref="HubException">It can't start.</exception>
    public static async Task RunAsync(HubConfiguration configuration, TextWriter output, ILoggerFactory loggers, TimeProvider time, CancellationToken stop)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var signals = new ShutdownSignals(stopping);
        using var mine = HubFolder.Take(configuration, loggers.CreateLogger(typeof(HubFolder)));
        var replica = Replica.New();
        var (store, secrets) = await HubFolder.OpenAsync(configuration, replica, isServer: true, stopping.Token);
        await using var database = store;
        using var box = secrets;
        using var authority = OpenAuthority(configuration, time);
        using var certificates = OpenCertificates(configuration, authority, time, loggers);

        await CheckAuthorityAsync(configuration, authority, store, stopping.Token);
        await using var app = await BuildAsync(configuration, replica, store, secrets, authority, certificates, loggers, time, stopping.Token);
        using var export = HubTracing.Export(configuration, replica.Id);
        await StartAsync(app, stopping.Token);
        await GreetAsync(configuration, authority, app.Services, output, stopping.Token);
        await WaitAsync(stopping.Token);
        using var drain = new CancellationTokenSource(DrainTimeout, time);
        await app.StopAsync(drain.Token);
    }

    /// <summary>All of it, put together and not started.</summary>
    internal static async Task<WebApplication> BuildAsync(
        HubConfiguration configuration, Replica replica, IHubStore store, SecretBox secrets, CertificateAuthority authority, ServerCertificates certificates, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "edgeop-hub" });
        builder.Services.AddSingleton(loggers).AddLogging();
        builder.Services.AddRoutingCore().AddConnections();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
            kestrel.Limits.RequestHeadersTimeout = configuration.Devices.ConnectTimeout;
            kestrel.Listen(Address("listen.mqtt", configuration.Listen.Mqtt), listen =>
            {
                Secure(listen, ListenerLimits.Mqtt);
                listen.UseConnectionHandler<MqttConnectionHandler>();
            });
            kestrel.Listen(Address("listen.https", configuration.Listen.Https), listen => Secure(listen, ListenerLimits.Https));
            if (configuration.Listen.Local != "off")
                kestrel.Listen(Address("listen.local", configuration.Listen.Local));
        });
        builder.Services
            .AddSingleton(configuration).AddSingleton(store).AddSingleton(secrets).AddSingleton(authority).AddSingleton(certificates).AddSingleton(time)
            .AddSingleton(await Policies.OpenAsync(store, secrets, cancellation)).AddSingleton(await IdScope.OpenAsync(store, cancellation))
            .AddSingleton(replica).AddSingleton<Leadership>()
            .AddSingleton<ApiTokens>().AddSingleton<Users>().AddSingleton<Access>()
            .AddSingleton<DeviceFigures>().AddSingleton<DeviceRegistry>().AddSingleton<ChangeFeed>().AddSingleton<DeviceTwins>().AddSingleton<TwinQueries>()
            .AddSingleton<LiveSessions>().AddSingleton<LoginAdmission>().AddTransient<HandshakeAdmission>().AddSingleton<HubMetrics>().AddSingleton<DevicePackets>().AddSingleton<HubConnections>().AddSingleton<MqttConnectionHandler>()
            .AddSingleton<ConfigurationCatalog>().AddSingleton<ConfigurationMetrics>().AddSingleton<ConfigurationController>().AddSingleton<IChangeHandler>(services => services.GetRequiredService<ConfigurationController>()).AddSingleton<ConfigurationRoutes>()
            .AddSingleton<RemoteMethods>().AddSingleton<IChangeHandler>(services => services.GetRequiredService<RemoteMethods>()).AddSingleton<DirectMethods>()
            .AddSingleton<JobCatalog>().AddSingleton<DeviceTasks>().AddSingleton<JobRunner>().AddSingleton<JobRoutes>()
            .AddSingleton<FleetCatalog>().AddSingleton<FleetRevisions>().AddSingleton<RolloutStore>().AddSingleton<FleetAssignments>().AddSingleton<FleetController>().AddSingleton<RolloutOrder>()
            .AddSingleton(PortalServices.OptionsOf(configuration)).AddSingleton<AlertObserver>().AddSingleton<AlertCatalog>().AddSingleton<AlertReceivers>().AddSingleton<AlertController>().AddSingleton<AlertRoutes>()
            .AddSingleton<RepositoryCatalog>().AddSingleton<RepositoryStates>().AddSingleton<RepositoryMirrors>().AddSingleton<RepositoryFleets>().AddSingleton<FolderArtifacts>().AddSingleton<RepositorySync>().AddSingleton<RepositoryController>()
            .AddSingleton<BulkRoutes>().AddSingleton<FeedbackRoutes>().AddSingleton<CallerLimits>()
            .AddSingleton<Enrollments>().AddSingleton<Attestations>().AddSingleton<DeviceProvisioning>().AddSingleton<ProvisioningConnections>().AddSingleton<ProvisioningApi>().AddSingleton<EnrollmentRequests>()
            .AddSingleton(services => new RegistryRoutes(services.GetRequiredService<DeviceRegistry>(), services.GetRequiredService<ChangeFeed>().Wake))
            .AddSingleton<TwinRoutes>().AddSingleton<MessagingRoutes>().AddSingleton<DeploymentRoutes>().AddSingleton<EnrollmentRoutes>().AddSingleton<EnrollmentQueryRoutes>().AddSingleton<ServiceRoutes>().AddSingleton<FleetScopes>().AddSingleton<ServiceApi>()
            .AddSingleton<DeviceOverview>().AddSingleton<OverviewRoutes>()
            .AddSingleton<AccountRoutes>().AddSingleton<EnrollmentRequestRoutes>().AddSingleton<DeviceRoutes>().AddSingleton<RecordRoutes>().AddSingleton<EventRoutes>().AddSingleton<RemoteChannels>().AddSingleton<IChangeHandler>(services => services.GetRequiredService<RemoteChannels>()).AddSingleton<RelayProof>().AddSingleton<ChannelRelays>().AddSingleton<RemoteRoutes>().AddSingleton<FleetRoutes>().AddSingleton<RepositoryRoutes>().AddSingleton<FleetPlanning>().AddSingleton<FleetPlanRoutes>().AddSingleton<ArtifactRoutes>().AddSingleton<SnapshotRoutes>().AddSingleton<FiguresRoutes>().AddSingleton<ViewRoutes>().AddSingleton<OpenApiRoutes>().AddSingleton<ApiRoutes>()
            .AddSingleton(services => new RouteTable([.. services.GetRequiredService<ServiceRoutes>().All, .. services.GetRequiredService<ApiRoutes>().All]))
            .AddOpenApi(OpenApiRoutes.Version, OpenApiRoutes.Configure).ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions))
            .AddSingleton(services => new PrometheusText(services.GetRequiredService<HubMetrics>().Meter))
            .AddHostedService(services => services.GetRequiredService<ConfigurationController>())
            .AddHostedService(services => services.GetRequiredService<JobRunner>())
            .AddSingleton(HubFolder.ArtifactsOf(configuration, store)).AddSingleton<IArtifactReferences, TwinReferences>().AddSingleton<IArtifactReferences, ReleaseReferences>().AddHostedService<ArtifactUpkeep>().AddSingleton<DeviceSnapshots>()
            .AddHostedService(services => services.GetRequiredService<FleetController>()).AddHostedService(services => services.GetRequiredService<AlertController>()).AddHostedService(services => services.GetRequiredService<RepositoryController>())
            .AddSingleton<HubEvents>().AddHostedService(services => services.GetRequiredService<HubEvents>()).AddHostedService<ReplicaUpkeep>().AddHostedService<SessionUpkeep>();
        if (configuration.Portal.Enabled)
            builder.Services.AddHubPortal(configuration);
        return Route(builder.Build(), configuration);

        // Before TLS, so that who has not even sent a hello counts too.
        void Secure(ListenOptions listen, int mostConnections)
        {
            listen.UseConnectionLimit(mostConnections);
            listen.ApplicationServices.GetRequiredService<HandshakeAdmission>().Admit(listen, configuration.Devices.ConnectTimeout, () => listen.UseHttps(Tls));
        }

        void Tls(HttpsConnectionAdapterOptions https)
        {
            https.ServerCertificateSelector = (_, _) => certificates.Current;
            https.SslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13;

            // Which certificate is whose is decided where its owner logs in.
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
            https.HandshakeTimeout = configuration.Devices.ConnectTimeout;
        }
    }

    private static WebApplication Route(WebApplication app, HubConfiguration configuration)
    {
        var service = app.Services.GetRequiredService<ServiceApi>();
        var provisioning = app.Services.GetRequiredService<ProvisioningApi>();
        var metrics = app.Services.GetRequiredService<HubMetrics>();
        app.Services.GetRequiredService<TwinQueries>().Answered += metrics.Query;
        var local = new LocalEndpoint(app.Services.GetRequiredService<PrometheusText>(), metrics, app.Services.GetRequiredService<ChangeFeed>(), app.Services.GetRequiredService<IHubStore>(), configuration.HostName);
        var localPort = configuration.Listen.Local == "off" ? 0 : Address("listen.local", configuration.Listen.Local).Port;
        app.Use(async (http, next) =>
        {
            if (http.Connection.LocalPort == localPort && !http.Request.IsHttps)
                await local.AnswerAsync(http);
            else
                await next(http);
        });
        app.UseWebSockets();
        app.Use((http, next) =>
        {
            if (!http.Request.Path.StartsWithSegments(WebSocketPath))
                return next(http);
            if (http.Request.Path.Value!.Length == WebSocketPath.Length && http.WebSockets.IsWebSocketRequest)
            {
                BinaryWebSocket.Require(http);
                return next(http);
            }

            // The connection handler would negotiate with anybody, and keep what it has agreed to for a while.
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        });
        if (configuration.Portal.Enabled)
            app.UsePortalPaths(PortalServices.OptionsOf(configuration));
        app.UseRouting();
        if (configuration.Portal.Enabled)
        {
            if (configuration.Portal.SignIn is not null)
                SingleSignOn.Use(app);
            app.UsePortal();
            app.MapPortal();
        }

        app.MapConnectionHandler<MqttConnectionHandler>(WebSocketPath, options =>
        {
            options.Transports = HttpTransportType.WebSockets;

            // Null, though its type does not say so, accepts a client that offers none.
            options.WebSockets.SubProtocolSelector = offered => offered.FirstOrDefault(p => p.Equals("mqtt", StringComparison.OrdinalIgnoreCase))!;
        });
        app.Services.GetRequiredService<ApiRoutes>().Map(app, service.AnswerAsync);
        app.MapFallback("/{**path}", http => provisioning.Handles(http) ? provisioning.AnswerAsync(http) : service.AnswerAsync(http));
        return app;
    }

    private static async Task StartAsync(WebApplication app, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e)
        {
            throw new HubException($"the hub can't listen: {e.Message} (listen)", isInput: false);
        }
    }

    private static async Task GreetAsync(HubConfiguration configuration, CertificateAuthority authority, IServiceProvider services, TextWriter output, CancellationToken cancellation)
    {
        var text = new StringBuilder()
            .AppendLine($"edgeop-hub {HubVersion.Text}: https://{configuration.HostName} on {configuration.Listen.Https}, MQTT on {configuration.Listen.Mqtt}, data in {configuration.DataDirectory}")
            .AppendLine($"  CA fingerprint (SHA-256): {authority.Fingerprint}");
        if (await services.GetRequiredService<Users>().CreateAdministratorAsync(cancellation) is { } password)
            text.AppendLine($"  first login: user {Users.Administrator}, one-time password {password} (it is not shown again)");
        text.AppendLine($"  ID scope for provisioning: {services.GetRequiredService<IdScope>().Value}");
        await output.WriteAsync(text, cancellation);
        await output.FlushAsync(cancellation);
    }

    private static async Task WaitAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }

    private static IPEndPoint Address(string field, string text)
    {
        if (IPEndPoint.TryParse(text, out var address) && text.Contains(':', StringComparison.Ordinal))
            return address;
        if (text.StartsWith("localhost:", StringComparison.Ordinal) && int.TryParse(text["localhost:".Length..], out var port) && port is > 0 and < 65536)
            return new(IPAddress.Loopback, port);
        throw new HubException($"'{text}' is no address to listen on ({field}): write an IP address and a port, such as 0.0.0.0:8883", isInput: true);
    }

    private static CertificateAuthority OpenAuthority(HubConfiguration configuration, TimeProvider time)
    {
        try
        {
            return CertificateAuthority.Open(configuration.DataDirectory, configuration.HostName, time);
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new HubException($"the hub's CA in {configuration.DataDirectory} (ca.pem, ca.key) can't be used: {e.Message}", isInput: false);
        }
    }

    // Devices trust one CA, whichever replica they reach.
    private static async Task CheckAuthorityAsync(HubConfiguration configuration, CertificateAuthority authority, IHubStore store, CancellationToken cancellation)
    {
        if (store is not IReplicaStore)
            return;
        const string Kind = "setting", Id = "certificateAuthority";
        await store.WriteDocumentAsync(new(Kind, Id, "1", authority.Fingerprint), null, cancellation);
        if ((await store.FindDocumentAsync(Kind, Id, cancellation))!.Json != authority.Fingerprint)
            throw new HubException($"the CA in {configuration.DataDirectory} is not that of the other replicas: copy ca.pem and ca.key from one of them, or from the backup", isInput: false);
    }

    private static ServerCertificates OpenCertificates(HubConfiguration configuration, CertificateAuthority authority, TimeProvider time, ILoggerFactory loggers)
    {
        try
        {
            var log = loggers.CreateLogger("EdgeOperator.Hub.Certificates");
            return new(configuration, authority, time, (what, e) => HubLog.CertificateUnusable(log, what, e));
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new HubException($"the certificate {configuration.Tls.Certificate} can't be used: {e.Message} (tls.certificate, tls.key)", isInput: true);
        }
    }
}
