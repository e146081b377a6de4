import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/** One OpenSearch node for tests: HTTP on the loopback, plugins from the class path. Arguments: folder, port, settings as key=value. */
public class TestNode extends Node {
  TestNode(Environment environment, Collection<Class<? extends Plugin>> plugins) {
    super(environment, plugins, true);
  }

  public static void main(String[] arguments) throws Exception {
    Path home = Paths.get(arguments[0]).toAbsolutePath();
    for (String folder : new String[] {"config", "data", "logs", "modules", "plugins", "tmp"}) {
      Files.createDirectories(home.resolve(folder));
    }
    Settings.Builder settings = Settings.builder()
        .put("path.home", home.toString())
        .put("path.data", home.resolve("data").toString())
        .put("path.logs", home.resolve("logs").toString())
        .put("cluster.name", "byoc-test")
        .put("node.name", "test-node")
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("http.port", arguments[1])
        .put("transport.port", "0")
        .put("transport.type", "netty4")
        .put("http.type", "netty4")
        .put("cluster.routing.allocation.disk.threshold_enabled", false);
    for (int i = 2; i < arguments.length; i++) {
      String[] setting = arguments[i].split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    List<Class<? extends Plugin>> plugins = new ArrayList<>();
    for (String name : new String[] {
      "org.opensearch.transport.Netty4ModulePlugin", "org.opensearch.transport.Netty4Plugin",
      "org.opensearch.analysis.common.CommonAnalysisModulePlugin", "org.opensearch.analysis.common.CommonAnalysisPlugin",
      "org.opensearch.painless.PainlessModulePlugin", "org.opensearch.painless.PainlessPlugin",
      "org.opensearch.ingest.common.IngestCommonModulePlugin", "org.opensearch.ingest.common.IngestCommonPlugin",
      "org.opensearch.index.mapper.MapperExtrasModulePlugin", "org.opensearch.index.mapper.MapperExtrasPlugin",
      "org.opensearch.index.reindex.ReindexModulePlugin", "org.opensearch.index.reindex.ReindexPlugin",
    }) {
      try {
        plugins.add(Class.forName(name).asSubclass(Plugin.class));
      } catch (ClassNotFoundException e) {
        continue; // goes by the other name in this version
      }
    }
    TestNode node = new TestNode(
        InternalSettingsPreparer.prepareEnvironment(settings.build(), Collections.emptyMap(), home.resolve("config"), () -> "test-node"), plugins);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception e) {
        e.printStackTrace();
      } finally {
        stopped.countDown();
      }
    }));
    node.start();
    stopped.await();
  }
}
