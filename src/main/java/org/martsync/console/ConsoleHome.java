package org.martsync.console;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Whoever opens the address of the program without a path comes to the console. */
@Configuration(proxyBeanMethods = false)
public class ConsoleHome implements WebMvcConfigurer {

    @Override
    public void addViewControllers(ViewControllerRegistry views) {
        views.addRedirectViewController("/", "/actuator/hawtio");
    }
}
