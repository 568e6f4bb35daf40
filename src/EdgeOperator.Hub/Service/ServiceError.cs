namespace EdgeOperator.Hub.Service;

/// <summary>
/// Errors by IoT Hub's names and numbers. Source: Azure/azure-iot-sdk-csharp, iothub/service/src/Common/Exceptions/ErrorCode.cs.
/// The HTTP status is the number's first three digits unless it stands here.
/// </summary>
internal enum ServiceError
{
    InvalidOperation = 400003,
    ArgumentInvalid = 400004,
    IotHubFormatError = 400006,
    DeviceDefinedMultipleTimes = 400011,
    InvalidConfigurationTargetCondition = 400014,
    BulkRegistryOperationFailure = 400013,
    CannotRegisterModuleToModule = 400301,

    /// <summary>Not IoT Hub's: a password that is good for one login only.</summary>
    NewPasswordNeeded = 400900,

    IotHubUnauthorizedAccess = 401002,

    /// <summary>Not IoT Hub's, which answers <see cref="IotHubUnauthorizedAccess"/>: who it is is known, and their role does not include it.</summary>
    RoleNeeded = 403900,

    /// <summary>Not IoT Hub's: somebody else decides on it, as a repository does on what comes from it.</summary>
    OwnedElsewhere = 409900,

    /// <summary>Not IoT Hub's: what a rollout is asked for, it is too late for.</summary>
    RolloutCompleted = 409901,

    DeviceMaximumQueueDepthExceeded = 403004,
    DeviceModelMaxPropertiesExceeded = 403100,
    ConfigurationCountLimitExceeded = 403101,
    DeviceNotFound = 404001,
    JobNotFound = 404002,
    ModuleNotFound = 404010,
    ConfigurationNotFound = 404020,
    ResourceNotFound = 404000,
    DeviceNotOnline = 404103,
    MethodNotAllowed = 405000,

    /// <summary>Not IoT Hub's: a request's body came too slowly.</summary>
    RequestTooSlow = 408900,
    DeviceAlreadyExists = 409001,
    JobAlreadyExists = 409002,
    ConfigurationAlreadyExists = 409020,
    ModuleAlreadyExistsOnDevice = 409301,
    PreconditionFailed = 412001,
    DeviceMessageLockLost = 412002,
    MessageTooLarge = 413001,
    TooManyDevices = 413002,
    TooManyModulesOnDevice = 413003,
    ThrottlingException = 429001,
    ThrottlingMaxActiveJobCountExceeded = 429004,
    ServerError = 500001,
    ServiceUnavailable = 503001,
    GatewayTimeout = 504101,
}

/// <summary>What was asked for is refused, or can't be done now.</summary>
internal sealed class ServiceException(ServiceError error, string message) : Exception(message)
{
    public ServiceError Error { get; } = error;

    public int Status => (int)Error / 1000;

    /// <summary>When it is worth trying again; null when that is not known.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
