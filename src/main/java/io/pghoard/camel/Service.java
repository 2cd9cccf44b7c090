// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.alert.Alerts;
import io.pghoard.alert.Repetitions;
import io.pghoard.alert.TimerRuns;
import io.pghoard.backup.BaseBackups;
import io.pghoard.camel.http.FailedLogins;
import io.pghoard.camel.http.HealthProbe;
import io.pghoard.camel.http.HttpBodies;
import io.pghoard.camel.http.HttpGate;
import io.pghoard.camel.http.HttpSender;
import io.pghoard.camel.http.HttpServerService;
import io.pghoard.camel.http.HttpShares;
import io.pghoard.camel.http.HttpWalOnly;
import io.pghoard.camel.reload.ConfigReload;
import io.pghoard.camel.reload.Converters;
import io.pghoard.camel.reload.ReloadTurn;
import io.pghoard.camel.reload.RouteReload;
import io.pghoard.camel.reload.RouteStart;
import io.pghoard.camel.reload.SiteSwitch;
import io.pghoard.camel.reload.SiteTemplates;
import io.pghoard.camel.reload.SiteWork;
import io.pghoard.camel.storage.RoutedRepositories;
import io.pghoard.camel.storage.StoreRoutes;
import io.pghoard.camel.storage.Stores;
import io.pghoard.camel.storage.TransferPolicy;
import io.pghoard.config.Credentials;
import io.pghoard.config.LogConfig;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import io.pghoard.config.Sites;
import io.pghoard.host.ServiceNotice;
import io.pghoard.restore.RestoreProcess;
import io.pghoard.restore.Restores;
import io.pghoard.scrub.Scrub;
import io.pghoard.state.LostThreads;
import io.pghoard.state.StateFile;
import io.pghoard.state.Transfers;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.StartupListener;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** pghoard as one Camel application: the beans, the routes and, in the daemon, HTTP and reload. */
public final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);

  /** How long a request waits for a free thread; less than clients wait, so that they read why. */
  private static final Duration HTTP_WAIT = Duration.ofSeconds(20);

  private final PghoardConfig config;
  private final Spool spool;
  private final Main main = new Main();
  private final Path file;
  private final Use use;
  private final boolean daemon;
  private final @Nullable Credentials credentials;
  private final HttpWalOnly walRequests = new HttpWalOnly(System::nanoTime);
  private final ServiceNotice notice;
  private Consumer<LogConfig> logging = log -> {};
  private List<Problem> routeProblems = List.of();

  private enum Use {
    DAEMON,
    RESTORE,
    WAL,
    CHECK
  }

  private Service(PghoardConfig config, Path file, Use use) throws IOException {
    this(config, file, use, null);
  }

  private Service(PghoardConfig config, Path file, Use use, @Nullable Credentials credentials)
      throws IOException {
    this.config = config;
    this.credentials = credentials;
    this.file = file;
    this.use = use;
    this.daemon = use == Use.DAEMON;
    this.notice = ServiceNotice.of(daemon ? System.getenv() : Map.of());
    // The first place that knows a property wins.
    main.setPropertyPlaceholderLocations(
        "file:"
            + file.toAbsolutePath().resolveSibling("application.properties")
            + ";optional=true,classpath:application.properties");
    // RouteStart loads them.
    main.addInitialProperty("camel.main.routes-include-pattern", "false");
    // The last, as nobody could close it if something after it failed.
    this.spool = daemon ? Spool.ofDaemon(config.backupLocation()) : Spool.temporary();
    main.addMainListener(new Assembly(new Sites(inForce())));
    main.addOverrideProperty(
        "camel.main.stream-caching-spool-directory", spool.directory().toString());
  }

  /**
   * The daemon: all routes, HTTP, and the operator's edits taken up while it runs.
   *
   * @param file pghoard.json, which {@code config} was read from
   */
  public static Service daemon(PghoardConfig config, Path file) throws IOException {
    return new Service(config, file, Use.DAEMON);
  }

  /** What a restore needs that runs by itself. */
  public static Service restoreOnly(PghoardConfig config, Path configDirectory) throws IOException {
    return new Service(config, configDirectory.resolve("pghoard.json"), Use.RESTORE);
  }

  /**
   * What gives WAL to one recovering server, by HTTP on a free port of 127.0.0.1, where no daemon
   * is to be asked.
   *
   * @param credentials what the server's restore_command sends
   */
  public static Service walOnly(PghoardConfig config, Path file, Credentials credentials)
      throws IOException {
    return new Service(config, file, Use.WAL, credentials);
  }

  /** For how long nobody has asked for WAL. */
  public Duration quiet() {
    return walRequests.quiet();
  }

  /** The daemon's backup location is not for the user that PostgreSQL runs as. */
  private PghoardConfig inForce() {
    return credentials == null ? config : config.servingWal(spool.directory(), credentials);
  }

  /** What a check uses: as a restore does, and every route file of the daemon's is tried. */
  public static Service check(PghoardConfig config, Path file) throws IOException {
    return new Service(config, file, Use.CHECK);
  }

  /** What keeps a daemon from using the operator's route files; known once a check has started. */
  public List<Problem> routeProblems() {
    return routeProblems;
  }

  /** Whether a restore needs this route file where no daemon runs. */
  private static boolean isForRestore(String name) {
    return name.startsWith("repository-")
        || name.startsWith("restore-")
        || name.startsWith("object-get.")
        || name.startsWith("error-handling.");
  }

  /** Whether what serves WAL needs this route file. */
  private static boolean isForWal(String name) {
    return isForRestore(name)
        || name.startsWith("wal-fetch.")
        || name.startsWith("wal-read.")
        || name.startsWith("wal-prefetch")
        || name.startsWith("http-wal-fetch.")
        || name.startsWith("http-wal-exists.")
        || name.startsWith("http-api.");
  }

  /** Sets a property over those of application.properties; before the start. */
  public Service property(String key, String value) {
    main.addOverrideProperty(key, value);
    return this;
  }

  /** Starts and returns when every route runs. */
  public void start() throws Exception {
    main.start();
  }

  /** Starts and returns when the process was told to end, with its exit status. */
  public int run() throws Exception {
    main.run();
    return main.getExitCode();
  }

  private String state(PghoardConfig inForce) {
    return "Sites: %d; HTTP on port %d".formatted(inForce.sites().size(), httpPort());
  }

  /** Has the log follow each configuration that comes into force; before the start. */
  public Service logging(Consumer<LogConfig> follower) {
    logging = follower;
    return this;
  }

  private ConfigReload.Observer observer() {
    return new ConfigReload.Observer() {
      @Override
      public void reloading() {
        notice.reloading();
      }

      @Override
      public void ended(PghoardConfig inForce) {
        logging.accept(inForce.log());
        notice.ready(state(inForce));
      }
    };
  }

  /** Has pghoard.json read again, changed or not, within a second or so. */
  public void reload() {
    bean("configReload", ConfigReload.class).ask();
  }

  /** The port that HTTP is served on. */
  public int httpPort() {
    HttpServerService server =
        context().getRegistry().lookupByNameAndType("httpServer", HttpServerService.class);
    return server.getPort();
  }

  public CamelContext context() {
    return main.getCamelContext();
  }

  public <T> T bean(String name, Class<T> type) {
    return context().getRegistry().lookupByNameAndType(name, type);
  }

  @Override
  public void close() throws IOException {
    LostThreads lostThreads =
        main.getCamelContext() == null ? null : bean("lostThreads", LostThreads.class);
    try {
      main.stop();
    } finally {
      if (lostThreads != null) {
        lostThreads.rest();
      }
      notice.close();
      spool.close();
    }
  }

  /** Binds what the routes name, at the moments that Camel offers for it. */
  private final class Assembly extends MainListenerSupport implements StartupListener {
    private final Sites sites;

    Assembly(Sites sites) {
      this.sites = sites;
    }

    @Override
    public void beforeConfigure(BaseMainSupport ignored) {
      CamelContext context = context();
      Converters.register(context);
      ProducerTemplate producer = context.createProducerTemplate();
      new Wiring(context, sites, new RoutedRepositories(producer), Clock.systemUTC()).bind();
      try {
        context.addStartupListener(this);
        if (use == Use.DAEMON || use == Use.CHECK) {
          bindReload(context);
        }
        if (use == Use.WAL) {
          serve(context, walRequests);
        }
        if (daemon) {
          LostThreads lostThreads = bean("lostThreads", LostThreads.class);
          lostThreads.watch();
          context
              .getExecutorServiceManager()
              .setThreadPoolFactory(new ScheduledErrors(lostThreads));
          context.addLifecycleStrategy(new LateEndpoints(context));
          bean("stores", Stores.class).prepare(config);
          context
              .getManagementStrategy()
              .addEventNotifier(
                  new LongWorkStop(
                      bean("baseBackups", BaseBackups.class),
                      bean("restores", Restores.class),
                      bean("scrub", Scrub.class)));
          Transfers transfers = bean("transfers", Transfers.class);
          JsonNode before = new StateFile(config.stateFile()).read();
          transfers.restore(before);
          bean("status", Status.class).restore(before);
          context.addRoutePolicyFactory(new TransferPolicy(transfers));
          context.addRoutePolicyFactory(new TimerPolicy(bean("timerRuns", TimerRuns.class)));
          serve(context, new HttpBodies());
          context.getManagementStrategy().addEventNotifier(new StopNotice(notice));
        }
      } catch (Exception e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    /** Has the routes answer over HTTP what passes this gate and the usual ones. */
    private void serve(CamelContext context, Handler<RoutingContext> gate) throws Exception {
      context.addService(
          HttpServerService.bind(
              context,
              sites.config().httpAddress(),
              sites.config().httpPort(),
              List.of(
                  new HttpSender(sites),
                  new HttpGate(
                      sites,
                      bean("repetitions", Repetitions.class),
                      new FailedLogins(System::nanoTime)),
                  gate,
                  new HttpShares(sites, HTTP_WAIT.toMillis()))),
          true,
          true);
    }

    /** The beans of the daemon's own routes. */
    private void bindReload(CamelContext context) throws IOException {
      Registry registry = context.getRegistry();
      ReloadTurn turn = new ReloadTurn();
      context.getManagementStrategy().addEventNotifier(turn);
      registry.bind("routeReload", routes(context).reload(sites, turn));
      SiteWork work =
          new SiteWork(bean("baseBackups", BaseBackups.class), bean("restores", Restores.class));
      registry.bind(
          "configReload",
          new ConfigReload(file, sites, work, new SiteSwitch(context, sites, turn), observer()));
      registry.bind(
          "restoreProcess",
          new RestoreProcess(
              file.toAbsolutePath(),
              () -> context.resolvePropertyPlaceholders("{{pghoard.restore.java-options}}")));
      registry.bind("serviceNotice", notice);
      registry.bind("healthProbe", new HealthProbe(sites, Service.this::httpPort));
    }

    private RouteStart routes(CamelContext context) throws IOException {
      return daemon
          ? RouteStart.ofDaemon(context, config)
          : RouteStart.ofRestore(
              context, config, use == Use.WAL ? Service::isForWal : Service::isForRestore);
    }

    @Override
    public void afterConfigure(BaseMainSupport ignored) {
      CamelContext context = context();
      try {
        if (use == Use.CHECK) {
          routeProblems = RouteStart.problems(context, config);
        }
        routes(context).load(config, daemon ? bean("routeReload", RouteReload.class) : null);
      } catch (Exception e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    /** Camel tells it however the service was started, unlike main's own listener. */
    @Override
    public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted)
        throws Exception {
      if (daemon) {
        SiteTemplates.instantiate(context, sites.config());
        bean("alerts", Alerts.class).forgetStrangers();
        bean("routeReload", RouteReload.class).begun();
        String state = state(sites.config());
        LOG.info("pghoard runs. {}", state);
        notice.ready(state);
      } else {
        StoreRoutes.require(context, config.sites().values());
      }
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {}
  }
}
