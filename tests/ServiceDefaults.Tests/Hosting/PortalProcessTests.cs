using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PortalServices.ServiceDefaults.Tests.Hosting;

/// <summary>How a process ends that has served; how it starts, or refuses to, is tested on a real host.</summary>
[Collection(OwnProcess.Name)]
public sealed class PortalProcessTests : IDisposable
{
    private readonly string _sites = Path.GetTempFileName();

    private string[] Settings =>
        [
            $"--Sites:File={_sites}",
            "--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
        ];

    [Fact]
    public async Task A_process_that_must_not_go_on_ends_with_1() =>
        Assert.Equal(
            1,
            await RunAsync(services =>
                services.GetRequiredService<FatalStop>().Stop("ConnectionStrings:redis: it may forget")
            )
        );

    [Fact]
    public async Task A_process_that_is_asked_to_end_ends_with_0() =>
        Assert.Equal(
            0,
            await RunAsync(services => services.GetRequiredService<IHostApplicationLifetime>().StopApplication())
        );

    [Fact]
    public async Task A_process_whose_work_fails_ends_with_1() =>
        Assert.Equal(1, await RunAsync(_ => throw new InvalidOperationException("lost")));

    [Fact]
    public async Task A_command_runs_instead_and_its_code_is_the_processs()
    {
        var served = false;
        var code = await PortalProcess.RunAsync(
            ["--nine", "--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:0"],
            builder =>
            {
                builder.AddServiceDefaults();
                builder.Services.AddSites();
                builder.Services.AddSingleton<IHostCommand, Nine>();
                Assert.Equal("--nine", builder.CommandSwitch());
            },
            _ => served = true
        );
        Assert.Equal((9, false), (code, served));
    }

    public void Dispose() => File.Delete(_sites);

    private Task<int> RunAsync(Action<IServiceProvider> work)
    {
        File.WriteAllText(_sites, TestApp.Sites);
        return PortalProcess.RunAsync(
            Settings,
            builder =>
            {
                Assert.Null(builder.CommandSwitch());
                builder.AddServiceDefaults();
                builder.Services.AddSites();
                builder.Services.AddHostedService(services => new Work(services, work));
            },
            app => app.UseServiceDefaults()
        );
    }

    private sealed class Nine : IHostCommand
    {
        public string Switch => "--nine";

        public Task<int> RunAsync(string[] args, CancellationToken cancellationToken) => Task.FromResult(9);
    }

    private sealed class Work(IServiceProvider services, Action<IServiceProvider> work) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
            await started.Task;
            work(services);
        }
    }
}
