namespace EdgeOperator.Core.Twins;

/// <summary>
/// The limits of a device twin, as Azure IoT Hub documents them
/// (https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins).
/// </summary>
public static class TwinLimits
{
    /// <summary>Of a key, in bytes of UTF-8.</summary>
    public const int KeySize = 1024;

    /// <summary>Of a string value, in bytes of UTF-8.</summary>
    public const int StringSize = 4096;

    /// <summary>Objects and arrays inside one another, below <c>tags</c>, <c>desired</c> or <c>reported</c>.</summary>
    public const int Depth = 10;

    /// <summary>Of all tags, as <see cref="TwinSize"/> counts.</summary>
    public const int TagsSize = 8 * 1024;

    /// <summary>Of desired or of reported properties, as <see cref="TwinSize"/> counts.</summary>
    public const int PropertiesSize = 32 * 1024;

    public const long LeastInteger = -4_503_599_627_370_496;

    public const long GreatestInteger = 4_503_599_627_370_495;

    public static int SizeOf(TwinSection section) => section == TwinSection.Tags ? TagsSize : PropertiesSize;
}

/// <summary>The parts of a twin that are written each by itself.</summary>
public enum TwinSection
{
    Tags,
    Desired,
    Reported,
}
