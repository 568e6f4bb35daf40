using EdgeOperator.Core.Protocol;
using EdgeOperator.Hub.Figures;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Api;

/// <param name="At">When the latest came.</param>
/// <param name="Points">Of a day, the oldest first.</param>
internal sealed record FiguresAnswer(DateTime At, HostFigures Latest, IReadOnlyList<FiguresPointAnswer> Points);

/// <summary>Percents, and degrees Celsius.</summary>
/// <param name="Disk">Of the fullest file system.</param>
/// <param name="Temperature">Of the hottest sensor.</param>
internal sealed record FiguresPointAnswer(DateTime At, int? Cpu, int? Memory, int? Disk, int? Temperature);

/// <summary>How busy and how full devices are.</summary>
internal sealed class FiguresRoutes(DeviceFigures figures)
{
    public IEnumerable<ServiceRoute> Routes => [ApiRoute.Get("devices/{device}/figures", "How busy and how full a device has been for a day: processors, memory, disks, temperatures", ReadAsync) with { Reach = RouteReach.Device }];

    private async Task<FiguresAnswer> ReadAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.View);
        var known = await figures.FindAsync(request.Path[3], request.Aborted)
            ?? throw new ServiceException(ServiceError.ResourceNotFound, $"there are no figures of {request.Path[3]}: its agent sends them every five minutes");
        return new(known.At.UtcDateTime, known.Latest, [.. known.Points.Select(p => new FiguresPointAnswer(p.At.UtcDateTime, p.Cpu, p.Memory, p.Disk, p.Temperature))]);
    }
}
