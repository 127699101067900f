using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace PortalServices.Architecture.Tests;

/// <summary>Ready means "can answer": what a process waits for in vain is told beside it.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public void A_check_that_does_not_answer_takes_no_process_out_of_service()
    {
        var checks = WholeProduct
            .Build("--ConnectionStrings:rabbitmq=amqp://localhost")
            .Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>()
            .Value.Registrations;
        Assert.Equal(
            [
                "broker",
                "brokerConnection",
                "contentDatabase",
                "contentDeadLetters",
                "contentOutbox",
                "countingDeadLetters",
                "disk",
                "feedbackDatabase",
                "feedbackDeadLetters",
                "feedbackMail",
                "feedbackOutbox",
                "store",
                "storeLoss",
                "work",
            ],
            checks.Select(check => check.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(
            checks,
            check => Assert.Equal((check.Name, HealthStatus.Degraded), (check.Name, check.FailureStatus))
        );
    }
}
