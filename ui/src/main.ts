// The window's entry: styles, then the application. The order is that of the cascade.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/patterns.css";
import { mount } from "svelte";
import App from "./App.svelte";

const target = document.querySelector("#app");
if (target) mount(App, { target });
